// SPDX-License-Identifier: MIT
// Values into bytes, the inverse of decoding.
#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

std::string hex(std::span<const std::byte> data) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result;
  for (const std::byte byte : data) {
    result += kDigits[std::to_integer<std::size_t>(byte >> 4)];
    result += kDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return result;
}

// What `before` becomes; "refused" if the value cannot be put in.
std::string encoded(std::string_view row, const Simulated& value, std::string_view before) {
  auto data = bytes(before);
  const Decoded block(block_with(row));
  return block.decoder.encode(block.slot("value"), value, data) ? hex(data) : "refused";
}

TEST(Encoder, UndoesScaleAndSubtraction) {
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "u16", scale = 0.01 },)", 53.13, "0000"), "14c1");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "u8", minus = 40 },)", 25.0, "ff00"), "ff41");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "s32" },)", -2.0, "00000000"), "fffeffff");
}

TEST(Encoder, WritesFloats) {
  constexpr std::string_view kRow =
      R"({ name = "value", register = 100, type = "f32", decimals = 0, scale = 1000, unit = "W" },)";
  EXPECT_EQ(encoded(kRow, -620.0, "00000000"), "b852bf1e");
  EXPECT_EQ(encoded(kRow, 1e300, "00000000"), "refused");
}

TEST(Encoder, RefusesWhatDoesNotFit) {
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "u16" },)", -1.0, "0000"), "refused");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "u16" },)", 65536.0, "0000"), "refused");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "u16", bits = [0, 3] },)", 16.0, "0000"), "refused");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "u16" },)", 1.0, "00"), "refused");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "u16" },)", Simulated(), "0000"), "refused");
}

TEST(Encoder, LeavesTheOtherBitsOfARegisterAlone) {
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "u16", bits = [4, 7] },)", 5.0, "ffff"), "ff5f");
}

TEST(Encoder, RefusesTransformsThatLoseTheValue) {
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "u16", transforms = ["hex_enable_list:0:1"] },)", 1.0,
                    "0000"),
            "refused");
  EXPECT_EQ(
      encoded(R"({ name = "value", register = 100, type = "u16", transforms = ["minus:1", "shift:2"] },)", 1.0, "0000"),
      "refused");
}

TEST(Encoder, TakesNamesOfOptionsAndTheirCodes) {
  constexpr std::string_view kRow =
      R"({ name = "value", register = 100, type = "enum", options = { 0 = "idle", 7 = "charging" } },)";
  EXPECT_EQ(encoded(kRow, "charging", "0000"), "0007");
  EXPECT_EQ(encoded(kRow, 9.0, "0000"), "0009");
  EXPECT_EQ(encoded(kRow, "sleeping", "0000"), "refused");
}

TEST(Encoder, WritesTheFirstCodeOfOnAndOff) {
  constexpr std::string_view kRow = R"({ name = "value", register = 100, type = "bool", on = [3, 1], off = [2] },)";
  EXPECT_EQ(encoded(kRow, 1.0, "0000"), "0003");
  EXPECT_EQ(encoded(kRow, "OFF", "0000"), "0002");
}

TEST(Encoder, FillsTextUpWithNuls) {
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "text", length = 6 },)", "EL100", "ffffffffffff"),
            "4c4530310030");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "text", length = 2 },)", "EL100", "ffff"), "refused");
}

TEST(Encoder, WritesSerialVersionAndAddress) {
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "serial" },)", "12885032961", "0000000000000000"),
            "0001000200030000");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "version" },)", "1073.08", "00000000"), "a32c0001");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "version" },)", 1073.08, "00000000"), "a32c0001");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "ipv4" },)", "192.168.50.255", "00000000"), "a8c0ff32");
  EXPECT_EQ(encoded(R"({ name = "value", register = 100, type = "ipv4" },)", "192.168.50", "00000000"), "refused");
}

TEST(Encoder, PutsAGroupBehindAnotherWhereItsCountSays) {
  const Decoded block(block_with(R"({ name = "cell_count", register = 100, type = "u16" },)", R"(
[[group]]
name = "cells"
count = "cell_count"
max = 4
register = 101
stride = 1
fields = [ { name = "voltage", register = 0, type = "u16" } ]
[[group]]
name = "sensors"
count = 2
after = "cells"
stride_bytes = 1
swapped = true
fields = [ { name = "temperature", offset = 0, type = "u8" } ]
)"));
  auto data = bytes("0000 0000 0000 0000");
  EXPECT_TRUE(block.decoder.encode(block.slot("cell_count"), 2.0, data));
  EXPECT_TRUE(block.decoder.encode(block.slot("cells/2/voltage"), 3.0, data));
  EXPECT_TRUE(block.decoder.encode(block.slot("sensors/1/temperature"), 9.0, data));
  EXPECT_EQ(hex(data), "0002000000030009");
}

}  // namespace
}  // namespace bluetti::schemas::testing
