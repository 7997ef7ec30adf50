// SPDX-License-Identifier: MIT
// The numbers in which a broker says no, in words: return codes of MQTT 3.1.1 (sections 3.2.2.3, 3.9.3) and reason
// codes of MQTT 5 (section 2.4). The ranges do not overlap.
#pragma once

#include <string>

namespace bluetti::gateway {

inline constexpr int kFirstFailure = 0x80;  // of SUBACK, PUBACK and DISCONNECT
inline constexpr int kSessionTakenOver = 0x8E;
inline constexpr int kPacketTooLarge = 0x95;

// To a connection.
[[nodiscard]] std::string connack_reason(int code);
// The broker does not speak this version of MQTT.
[[nodiscard]] constexpr bool is_other_version(int code) {
  return code == 1 || code == 0x84;
}

// To a subscription or a message, or for ending a connection.
[[nodiscard]] std::string broker_reason(int code);

}  // namespace bluetti::gateway
