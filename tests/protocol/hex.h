// SPDX-License-Identifier: MIT
// Frames as they are written on paper: "00 03 00 64". Test support; malformed hex throws.
#pragma once

#include <charconv>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/modbus.h"

namespace bluetti::protocol::test {

using Bytes = std::vector<std::byte>;

inline Bytes hex(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ') digits += c;
  }
  if (digits.size() % 2 != 0) throw std::invalid_argument("odd number of hex digits");
  Bytes bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned value = 0;
    const char* end = digits.data() + i + 2;
    if (std::from_chars(digits.data() + i, end, value, 16).ptr != end) throw std::invalid_argument("not hex");
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

inline Bytes to_bytes(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

// The frame with its CRC behind it, low byte first.
inline Bytes with_crc(Bytes frame) {
  const std::uint16_t crc = crc16(frame);
  frame.push_back(static_cast<std::byte>(crc & 0xFF));
  frame.push_back(static_cast<std::byte>(crc >> 8));
  return frame;
}

inline Bytes with_crc(std::string_view text) {
  return with_crc(hex(text));
}

}  // namespace bluetti::protocol::test
