// SPDX-License-Identifier: MIT
// Any bytes as a payload of the cloud broker: envelopes, frames and requests.
#include <algorithm>
#include <array>

#include "protocol/envelope.h"
#include "protocol/modbus.h"
#include "protocol/write.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace bluetti::protocol;
using bluetti::fuzz::require;

// Whatever is accepted must lie inside the input and be data that the encoders accept as well.
void check_frame(std::span<const std::byte> bytes) {
  const ParsedFrame parsed = parse_frame(bytes);
  const auto* frame = std::get_if<Frame>(&parsed);
  if (frame == nullptr) return;
  std::array<std::byte, kMaxFrame> buffer{};
  if (const auto* answer = std::get_if<ReadAnswer>(frame)) {
    require(encode_answer(answer->unit, answer->data, buffer).size() == bytes.size());
  } else if (const auto* push = std::get_if<Push>(frame)) {
    require(encode_push(push->unit, push->first_register, push->data, buffer).size() == bytes.size());
  }
}

// A write that is accepted is one that we could have sent, and its echo answers it.
void check_write(std::span<const std::byte> bytes) {
  const auto parsed = parse_write_request(bytes);
  const auto* write = std::get_if<ReceivedWrite>(&parsed);
  if (write == nullptr) return;
  const WriteRequest request{.unit = write->unit,
                             .function = write->function,
                             .first_register = write->first_register,
                             .values = write->values()};
  std::array<std::byte, kMaxFrame> buffer{};
  const auto sent = encode_write(request, buffer);
  require(std::equal(sent.begin(), sent.end(), bytes.begin(), bytes.end()));
  const auto echo = encode_write_echo(request, buffer);
  require(match_write({.request = request, .previous = {}}, echo).match == WriteMatch::own_echo);
}

// Any frame against a write that waits: only its own echo's bytes are its own echo.
void check_answer(std::span<const std::byte> bytes) {
  constexpr std::array<std::uint16_t, 3> kSlot{1, 0x0100, 0x0500};
  const WriteInFlight single{
      .request = {.unit = 0, .function = kWriteRegister, .first_register = 2019, .values = std::span(kSlot).first(1)},
      .previous = {}};
  const WriteInFlight several{
      .request = {.unit = 0, .function = kWriteRegisters, .first_register = 2030, .values = kSlot}, .previous = {}};
  std::array<std::byte, kMaxFrame> buffer{};
  for (const WriteInFlight& write : {single, several}) {
    const auto echo = encode_write_echo(write.request, buffer);
    const bool is_echo = std::equal(echo.begin(), echo.end(), bytes.begin(), bytes.end());
    require((match_write(write, bytes).match == WriteMatch::own_echo) == is_echo);
  }
}

// The fuzzer will not guess a CRC; with one appended, the checks behind it are reached as well.
void check_frame_with_crc(std::span<const std::byte> body) {
  std::array<std::byte, kMaxFrame> frame{};
  if (body.size() + 2 > frame.size()) return;
  for (std::size_t i = 0; i < body.size(); ++i) frame[i] = body[i];
  const std::uint16_t crc = crc16(body);
  frame[body.size()] = static_cast<std::byte>(crc & 0xFF);
  frame[body.size() + 1] = static_cast<std::byte>(crc >> 8);
  check_frame(std::span(frame).first(body.size() + 2));
  check_write(std::span(frame).first(body.size() + 2));
  check_answer(std::span(frame).first(body.size() + 2));
  (void)parse_request(std::span(frame).first(body.size() + 2));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  (void)detect(bytes);
  for (const Envelope envelope : {Envelope::bare, Envelope::v1_0, Envelope::v1_2}) {
    const auto opened = open(envelope, bytes);
    if (const auto* content = std::get_if<Opened>(&opened)) {
      check_frame(content->frame);
      check_write(content->frame);
      check_answer(content->frame);
      check_frame_with_crc(content->frame);
      (void)parse_request(content->frame);
    }
  }
  return 0;
}
