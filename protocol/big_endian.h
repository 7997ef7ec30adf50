// SPDX-License-Identifier: MIT
// Octets and big-endian words in a byte buffer, as Modbus and the cloud's envelope write them. The caller has checked
// that the position lies inside the buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace bluetti::protocol {

[[nodiscard]] constexpr std::uint8_t octet_at(std::span<const std::byte> bytes, std::size_t position) noexcept {
  return std::to_integer<std::uint8_t>(bytes[position]);
}

[[nodiscard]] constexpr std::uint16_t word_at(std::span<const std::byte> bytes, std::size_t position) noexcept {
  return static_cast<std::uint16_t>(octet_at(bytes, position) << 8 | octet_at(bytes, position + 1));
}

constexpr void put_word(std::span<std::byte> bytes, std::size_t position, std::uint16_t word) noexcept {
  bytes[position] = static_cast<std::byte>(word >> 8);
  bytes[position + 1] = static_cast<std::byte>(word & 0xFF);
}

}  // namespace bluetti::protocol
