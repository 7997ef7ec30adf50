// SPDX-License-Identifier: MIT
// The serial number that a station on the local network tells of itself, at the same place on every model that has it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "protocol/modbus.h"

namespace bluetti::gateway {

inline constexpr protocol::ReadRequest kOwnSerial{.unit = 1, .first_register = 50206, .count = 4};

// Of the answer to that; empty: it has none.
[[nodiscard]] std::string own_serial_in(std::span<const std::byte> data);
// Whether it is the configured one, which may be written with zeros in front.
[[nodiscard]] bool is_same_serial(std::string_view told, std::string_view configured);

}  // namespace bluetti::gateway
