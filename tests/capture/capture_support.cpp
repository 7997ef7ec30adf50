// SPDX-License-Identifier: MIT
#include "tests/capture/capture_support.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace bluetti::test {
namespace {

schemas::Decoder decoder_of(std::uint16_t block) {
  return {*built_in_catalog().block(block), *built_in_catalog().model("AP300")};
}

Bytes wrapped(std::span<const std::byte> frame, std::uint16_t envelope_register, std::int8_t rssi_dbm) {
  Bytes payload(protocol::kMaxEnvelope + frame.size());
  payload.resize(protocol::wrap(protocol::Envelope::v1_2, envelope_register, rssi_dbm, frame, payload).size());
  return payload;
}

std::array<Bytes, 3> numbers(std::uint64_t value) {
  std::array<Bytes, 3> orders;
  for (int byte = 0; byte < 6; ++byte) orders[0].push_back(static_cast<std::byte>(value >> (8 * byte) & 0xFF));
  orders[1] = orders[0];
  std::ranges::reverse(orders[1]);
  for (int reg = 0; reg < 3; ++reg) {
    orders[2].push_back(static_cast<std::byte>(value >> (16 * reg + 8) & 0xFF));
    orders[2].push_back(static_cast<std::byte>(value >> (16 * reg) & 0xFF));
  }
  return orders;
}

// Not std::ranges::search: clang 14 stumbles over this library's.
bool occurs(const Bytes& form, std::span<const std::byte> bytes) {
  return std::search(bytes.begin(), bytes.end(), form.begin(), form.end()) != bytes.end();
}

Bytes bcd(std::string digits) {
  if (digits.size() % 2 != 0) digits.insert(0, "0");
  Bytes bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    bytes.push_back(static_cast<std::byte>((digits[at] - '0') << 4 | (digits[at + 1] - '0')));
  }
  return bytes;
}

}  // namespace

Bytes composed(std::uint16_t block, const Values& values) {
  const schemas::Decoder decoder = decoder_of(block);
  Bytes data(std::size_t{2} * protocol::kMaxPushRegisters);
  std::size_t set = 0;
  for (std::size_t slot = 0; slot < decoder.slots().size(); ++slot) {
    const auto value = values.find(decoder.slots()[slot].path);
    if (value == values.end()) continue;
    if (!decoder.encode(slot, value->second, data)) throw std::invalid_argument(value->first);
    ++set;
  }
  if (set != values.size()) throw std::invalid_argument("no such path");
  return data;
}

Bytes read_request(std::uint16_t first_register, std::uint16_t count) {
  return wrapped(protocol::encode({.unit = 0, .first_register = first_register, .count = count}), first_register, 0);
}

Bytes read_answer(std::span<const std::byte> data) {
  Bytes frame(protocol::kMaxFrame);
  return wrapped(protocol::encode_answer(0, data, frame), 0, -70);
}

Bytes push_of(std::uint16_t first_register, std::span<const std::byte> data) {
  Bytes frame(protocol::kMaxFrame);
  return wrapped(protocol::encode_push(0, first_register, data, frame), 0, -70);
}

Bytes registers_in(std::span<const std::byte> payload) {
  const auto opened = protocol::open(protocol::Envelope::v1_2, payload);
  if (!std::holds_alternative<protocol::Opened>(opened)) return {};
  const auto parsed = protocol::parse_frame(std::get<protocol::Opened>(opened).frame);
  const auto* frame = std::get_if<protocol::Frame>(&parsed);
  if (frame == nullptr) return {};
  std::span<const std::byte> data;
  if (const auto* push = std::get_if<protocol::Push>(frame)) data = push->data;
  if (const auto* answer = std::get_if<protocol::ReadAnswer>(frame)) data = answer->data;
  return {data.begin(), data.end()};
}

Values decoded(std::uint16_t block, std::span<const std::byte> data) {
  const schemas::Decoder decoder = decoder_of(block);
  schemas::Row row = decoder.make_row();
  decoder.decode(data, 0, row);
  Values values;
  std::array<char, schemas::kMaxFormatted> buffer{};
  for (std::size_t slot = 0; slot < decoder.slots().size(); ++slot) {
    if (!row.values[slot].present()) continue;
    values[decoder.slots()[slot].path] = schemas::format(*decoder.slots()[slot].field, row, row.values[slot], buffer);
  }
  return values;
}

bool tells(std::span<const std::byte> bytes, std::string_view serial) {
  std::uint64_t number = 0;
  std::from_chars(serial.data(), serial.data() + serial.size(), number);
  const auto orders = numbers(number);
  std::vector<Bytes> forms(orders.begin(), orders.end());
  forms.push_back(bcd(std::string(serial)));
  forms.push_back(bytes_of(serial));
  Bytes exchanged(bytes.begin(), bytes.end());
  for (std::size_t at = 0; at + 1 < exchanged.size(); at += 2) std::swap(exchanged[at], exchanged[at + 1]);
  return std::ranges::any_of(forms, [&](const Bytes& form) { return occurs(form, bytes) || occurs(form, exchanged); });
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace bluetti::test
