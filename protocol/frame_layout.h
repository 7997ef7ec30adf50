// SPDX-License-Identifier: MIT
// What the files that write and read Modbus RTU frames share: function codes, sizes and the CRC at the end. Internal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/big_endian.h"
#include "protocol/modbus.h"

namespace bluetti::protocol {

inline constexpr std::uint8_t kReadRegisters = 0x03;
inline constexpr std::uint8_t kErrorBit = 0x80;

inline constexpr std::size_t kCrcSize = 2;
inline constexpr std::size_t kExceptionSize = 5;  // unit, function, code, CRC; the shortest frame there is
inline constexpr std::size_t kPushHeader = 7;     // unit, function, register, count, byte count; of a block write, too
inline constexpr std::size_t kEchoSize = 8;       // unit, function, register, value or count, CRC
inline constexpr std::size_t kRegisterSpace = 0x10000;

// Fills in the last two bytes of a frame.
inline std::span<const std::byte> with_crc(std::span<std::byte> frame) noexcept {
  const std::size_t body = frame.size() - kCrcSize;
  const std::uint16_t crc = crc16(frame.first(body));
  frame[body] = static_cast<std::byte>(crc & 0xFF);
  frame[body + 1] = static_cast<std::byte>(crc >> 8);
  return frame;
}

}  // namespace bluetti::protocol
