// SPDX-License-Identifier: MIT
// Topics on the cloud broker. `PUB/{model}/{sub_sn}` carries what a station publishes, `SUB/{model}/{sub_sn}` what it
// subscribes to; model and sub_sn are those of the account's device list, sub_sn the numeric part of the serial.
// Source: mvadim-/bluetti-venus-gateway and thierrycoopman/battery-ha, both run against stations. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bluetti::protocol {

struct CloudAddress {
  std::string_view model;
  std::string_view serial;
  friend bool operator==(const CloudAddress&, const CloudAddress&) = default;
};

// Both parts of the address must satisfy is_topic_part().
// In place of a model that is not known yet: a subscription with it hears the station whatever its model is.
inline constexpr std::string_view kAnyModel = "+";

[[nodiscard]] std::string from_station_topic(CloudAddress address);  // PUB/...: subscribe here
[[nodiscard]] std::string to_station_topic(CloudAddress address);    // SUB/...: publish here

// The station a PUB or SUB topic names; empty for any other topic. Views into `topic`.
[[nodiscard]] std::optional<CloudAddress> parse_from_station_topic(std::string_view topic) noexcept;
[[nodiscard]] std::optional<CloudAddress> parse_to_station_topic(std::string_view topic) noexcept;

// A model or serial may become part of a topic: not empty, at most 64 of [A-Za-z0-9 ._-], no MQTT wildcard, no slash.
[[nodiscard]] bool is_topic_part(std::string_view part) noexcept;

}  // namespace bluetti::protocol
