// SPDX-License-Identifier: MIT
#include "tests/support/station_fixture.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace bluetti::test {

Asked StationFixture::ask_range() {
  const auto payload = station.next_request(now);
  if (!payload) return kNothing;
  const auto opened =
      protocol::open(protocol::detect(std::as_bytes(std::span(*payload))), std::as_bytes(std::span(*payload)));
  const auto request = protocol::parse_request(std::get<protocol::Opened>(opened).frame);
  const auto& read = std::get<protocol::ReadRequest>(request);
  return {read.first_register, read.count};
}

Asked StationFixture::ask_and_answer(int registers, std::string_view data_hex) {
  const Asked asked = ask_range();
  hear(answer(registers_hex(registers, data_hex)));
  return asked;
}

void StationFixture::miss() {
  now += 5s;
  went_offline |= station.tick(now);
  now += 5s;
  went_offline |= station.tick(now);
}

void StationFixture::miss_three() {
  for (int count = 0; count < gateway::Station::kMissesUntilOffline; ++count) {
    ask();
    miss();
  }
}

std::string StationFixture::value(std::string_view path) const {
  for (const auto& block : station.blocks()) {
    for (std::size_t slot = 0; slot < block.decoder->slots().size(); ++slot) {
      if (block.decoder->slots()[slot].path != path) continue;
      const auto& known = block.current().values[slot];
      if (known.kind == schemas::ValueKind::missing) return "missing";
      std::array<char, schemas::kMaxFormatted> buffer{};
      return std::string(schemas::format(*block.decoder->slots()[slot].field, block.current(), known, buffer));
    }
  }
  return "no such path";
}

gateway::StationPlan test_plan() {
  const gateway::StationConfig station = test_config().stations[0];
  return {.model = station.model, .poll = station.poll};
}

gateway::StationPlan polled(const schemas::Catalog& catalog, std::string_view model,
                            std::map<std::uint16_t, double> intervals) {
  return {.model = catalog.model(model), .poll = std::move(intervals)};
}

std::string framed(std::string_view frame_hex) {
  std::vector<std::byte> frame;
  std::string digits(frame_hex);
  std::erase(digits, ' ');
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    frame.push_back(static_cast<std::byte>(std::stoi(digits.substr(at, 2), nullptr, 16)));
  }
  const std::uint16_t crc = protocol::crc16(frame);
  frame.push_back(static_cast<std::byte>(crc & 0xFF));
  frame.push_back(static_cast<std::byte>(crc >> 8));
  std::array<std::byte, protocol::kMaxEnvelope + protocol::kMaxFrame> buffer{};
  const auto payload = protocol::wrap(protocol::Envelope::v1_2, 0, -70, frame, buffer);
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

std::string registers_hex(int registers, std::string_view first_hex) {
  std::string digits(first_hex);
  std::erase(digits, ' ');
  digits.resize(std::max(digits.size(), 4 * static_cast<std::size_t>(registers)), '0');
  return digits;
}

}  // namespace bluetti::test
