// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <random>

#include "protocol/modbus.h"
#include "tests/protocol/hex.h"

namespace bluetti::protocol::test {
namespace {

// The definition: one bit at a time, least significant first.
std::uint16_t bitwise_crc16(std::span<const std::byte> data) {
  unsigned crc = 0xFFFF;
  for (const std::byte byte : data) {
    crc ^= std::to_integer<unsigned>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0xA001u : crc >> 1;
  }
  return static_cast<std::uint16_t>(crc);
}

TEST(Crc16, MatchesThePublishedCheckValue) {
  constexpr std::string_view kDigits = "123456789";
  EXPECT_EQ(crc16(std::as_bytes(std::span(kDigits))), 0x4B37);
}

TEST(Crc16, OfNothingIsItsStartValue) {
  EXPECT_EQ(crc16({}), 0xFFFF);
}

TEST(Crc16, MatchesTheBitwiseDefinitionAtEveryLength) {
  std::mt19937 random(1);
  Bytes data;
  for (std::size_t length = 0; length <= 2 * kMaxFrame; ++length) {
    ASSERT_EQ(crc16(data), bitwise_crc16(data)) << length << " bytes";
    for (std::byte& byte : data) byte = static_cast<std::byte>(random());
    data.push_back(static_cast<std::byte>(random()));
  }
}

TEST(Crc16, SeesEverySingleFlippedBit) {
  const Bytes frame = with_crc("01 03 04 0A 0B 0C 0D 0E 0F 10");
  ASSERT_EQ(crc16(frame), 0);
  for (std::size_t bit = 0; bit < 8 * frame.size(); ++bit) {
    Bytes damaged = frame;
    damaged[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    EXPECT_NE(crc16(damaged), 0) << "bit " << bit;
  }
}

}  // namespace
}  // namespace bluetti::protocol::test
