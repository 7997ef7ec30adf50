// SPDX-License-Identifier: MIT
#include "tests/support/fakes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "protocol/envelope.h"
#include "protocol/modbus.h"

namespace bluetti::test {
namespace {

constexpr std::string_view kHome = R"(
id = 100
name = "home"
prefix = ""
poll = "core"
registers = 6
evidence = "verified"
devices = ["TEST"]
fields = [
  { name = "soc", register = 102, type = "u16", unit = "%", kind = "battery", max = 100 },
  { name = "temperature", register = 103, type = "u16", unit = "°C", minus = 40, absent = [0] },
  { name = "password", register = 104, type = "text", length = 4, secret = true },
]
)";

constexpr std::string_view kGrid = R"(
id = 1300
name = "grid"
poll = "grid"
registers = 6
evidence = "verified"
devices = ["TEST"]
fields = [
  { name = "frequency", register = 1300, type = "u16", scale = 0.1, unit = "Hz" },
  { name = "phase_count", register = 1301, type = "u8", entity = "none" },
]

[[group]]
name = "phases"
title = "Grid phase"
topic = "grid_phase"
count = "phase_count"
max = 3
register = 1302
stride = 2
fields = [
  { name = "power", register = 0, type = "s16", unit = "W" },
  { name = "voltage", register = 1, type = "u16", scale = 0.1, unit = "V" },
]
)";

constexpr std::string_view kModel = R"(
name = "TEST"
title = "Test station"
evidence = "verified"
protocol_version = 2000
envelope = "v1.2"
unit = 0
blocks = [100, 200, 1300]
poll = { core = 5, grid = 10 }
)";

// The name a station gives itself, for finding its model out; read only by those who wish to.
constexpr std::string_view kName = R"(
id = 200
name = "name"
prefix = ""
poll = "module"
registers = 5
evidence = "verified"
devices = ["TEST"]
fields = [
  { name = "model", register = 200, type = "text", length = 8 },
  { name = "board", register = 204, type = "u16", entity = "disabled" },
]
)";

constexpr std::string_view kSecondModel = R"(
name = "SECOND"
evidence = "verified"
protocol_version = 2000
envelope = "v1.2"
unit = 0
blocks = [200, 1300]
poll = { grid = 10, module = 60 }
)";

// Of the first generation: what it sends and takes lies in the other envelope.
constexpr std::string_view kOldModel = R"(
name = "OLD"
evidence = "verified"
protocol_version = 1000
envelope = "v1.0"
unit = 1
blocks = [1300]
poll = { grid = 10 }
)";

constexpr std::string_view kUnknownModel = R"(
name = "v2"
abstract = true
evidence = "verified"
protocol_version = 2000
envelope = "v1.2"
unit = 0
blocks = [100, 1300]
poll = { core = 5, grid = 10 }
)";

std::vector<std::byte> bytes_of_hex(std::string_view hex) {
  std::string digits(hex);
  std::erase(digits, ' ');
  std::vector<std::byte> bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    unsigned value = 0;
    std::from_chars(digits.data() + at, digits.data() + at + 2, value, 16);
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

std::string wrapped(std::span<const std::byte> frame, std::uint16_t envelope_register) {
  std::array<std::byte, protocol::kMaxEnvelope + protocol::kMaxFrame> buffer{};
  const auto payload = protocol::wrap(protocol::Envelope::v1_2, envelope_register, -70, frame, buffer);
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

}  // namespace

std::string ClientRecord::last(std::string_view topic) const {
  const auto found =
      std::find_if(published.rbegin(), published.rend(), [&](const auto& one) { return one.topic == topic; });
  return found == published.rend() ? "(none)" : found->payload;
}

std::size_t ClientRecord::count(std::string_view topic) const {
  return static_cast<std::size_t>(std::ranges::count(published, topic, &Published::topic));
}

// Loading takes a while, and nobody changes it.
const schemas::Catalog& built_in_catalog() {
  static const schemas::Catalog catalog = schemas::Catalog::built_in();
  return catalog;
}

const schemas::Catalog& test_catalog() {
  static const schemas::Catalog catalog = [] {
    schemas::Catalog made;
    made.add("blocks/home.toml", kHome);
    made.add("blocks/grid.toml", kGrid);
    made.add("blocks/name.toml", kName);
    made.add("models/test.toml", kModel);
    made.add("models/second.toml", kSecondModel);
    made.add("models/old.toml", kOldModel);
    made.add("models/v2.toml", kUnknownModel);
    made.finish();
    for (const auto& problem : made.problems()) throw std::logic_error(problem.text());
    return made;
  }();
  return catalog;
}

gateway::Config test_config(int stations) {
  constexpr std::array<const char*, 3> kIds{"one", "two", "three"};
  gateway::Config config;
  config.accounts.push_back({.id = "home"});
  for (int index = 0; index < stations; ++index) {
    gateway::StationConfig station;
    station.id = kIds.at(static_cast<std::size_t>(index));
    station.name = "Station " + station.id;
    station.model = test_catalog().model("TEST");
    station.cloud_model = "TEST";
    station.serial = std::to_string(1001 + index);
    station.account = "home";
    station.poll = {{100, 5.0}, {1300, 10.0}};
    config.stations.push_back(std::move(station));
  }
  return config;
}

std::string answer(std::string_view data_hex, std::uint8_t unit, std::uint16_t envelope_register) {
  std::array<std::byte, protocol::kMaxFrame> buffer{};
  return wrapped(protocol::encode_answer(unit, bytes_of_hex(data_hex), buffer), envelope_register);
}

std::string push(std::uint16_t first_register, std::string_view data_hex) {
  std::array<std::byte, protocol::kMaxFrame> buffer{};
  return wrapped(protocol::encode_push(0, first_register, bytes_of_hex(data_hex), buffer), 0);
}

std::string exception(std::uint8_t code) {
  std::array<std::byte, protocol::kMaxFrame> buffer{};
  return wrapped(protocol::encode_exception(0, 3, code, buffer), 0);
}

int asked_register(std::string_view payload) {
  const auto opened = protocol::open(protocol::Envelope::v1_2, std::as_bytes(std::span(payload)));
  const auto* envelope = std::get_if<protocol::Opened>(&opened);
  if (envelope == nullptr) return -1;
  const auto request = protocol::parse_request(envelope->frame);
  const auto* read = std::get_if<protocol::ReadRequest>(&request);
  return read == nullptr ? -1 : read->first_register;
}

int asked_function(std::string_view payload) {
  const auto opened = protocol::open(protocol::Envelope::v1_2, std::as_bytes(std::span(payload)));
  const auto* envelope = std::get_if<protocol::Opened>(&opened);
  return envelope == nullptr || envelope->frame.size() < 2 ? -1 : std::to_integer<int>(envelope->frame[1]);
}

}  // namespace bluetti::test
