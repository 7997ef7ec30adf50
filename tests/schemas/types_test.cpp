// SPDX-License-Identifier: MIT
// Every type of field, as it lies in the registers and as it is published.
#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

TEST(Types, NumbersHaveTheHighByteOfARegisterFirst) {
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u16" },)", "0102"), "258");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "s16" },)", "fffe"), "-2");
}

TEST(Types, LongNumbersHaveTheLowRegisterFirst) {
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u32" },)", "0021 0001"), "65569");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "s32" },)", "fffe ffff"), "-2");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u64" },)", "0001 0000 0000 8000"),
            "9223372036854775809");
}

TEST(Types, TheOrderOfRegistersCanBeTurned) {
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u32", order = "high" },)", "0001 0021"), "65569");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "s32", order = "high" },)", "ffff fffe"), "-2");
}

TEST(Types, BytesLieInTheLowHalfOfTheirRegister) {
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u8" },)", "0102"), "2");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u8", half = "high" },)", "0102"), "1");
  EXPECT_EQ(shown(R"({ name = "value", offset = 0, type = "s8" },)", "ff02"), "-1");
}

TEST(Types, BitsAreCountedFromTheLeastSignificant) {
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u16", bits = [4, 7] },)", "12a4"), "10");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u32", bits = [16, 31] },)", "0000 beef"), "48879");
}

TEST(Types, ScaledIntegersStayExact) {
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u16", scale = 0.01 },)", "14c1"), "53.13");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u16", scale = 0.1 },)", "01f4"), "50");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "s16", scale = 0.1 },)", "fffb"), "-0.5");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "s16", scale = 0.001 },)", "ffff"), "-0.001");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u32", scale = 0.1 },)", "fffe ffff"), "429496729.4");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u16", scale = 0.1, minus = 40 },)", "0001"), "-39.9");
}

TEST(Types, AllBitsSetAreNoNumberWhereTheBlockSaysSo) {
  for (const char* rest : {"", ", scale = 0.1", ", absent = [0]", ", minus = 40", ", max = 100"}) {
    const std::string end = std::string(rest) + R"( },)";
    EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u16", all_ones = "absent")" + end, "ffff"), "absent")
        << rest;
    EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u32", all_ones = "absent")" + end, "ffff ffff"),
              "absent")
        << rest;
  }
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u64", all_ones = "absent" },)", "ffff ffff ffff ffff"),
            "absent");
  EXPECT_EQ(
      shown(R"({ name = "value", register = 100, type = "serial", all_ones = "absent" },)", "ffff ffff ffff ffff"),
      "absent");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "version", all_ones = "absent" },)", "ffff ffff"),
            "absent");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "bitmap", all_ones = "absent" },)", "ffff"), "absent");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "bitmap", width = 64, all_ones = "absent" },)",
                  "ffff ffff ffff ffff"),
            "absent");
  constexpr std::string_view kState = R"({ name = "value", register = 100, type = "enum", all_ones = "absent", )";
  EXPECT_EQ(shown(std::string(kState) + "options = { 0 = \"idle\" } },", "ffff"), "absent");
  Decoded block(block_with(R"({ name = "value", register = 100, type = "u16", all_ones = "absent", max = 100 },)"));
  block.decode("ffff");
  EXPECT_EQ(block.row.implausible, 0U) << "the station says so itself";
}

TEST(Types, AllBitsSetAreANumberElsewhere) {
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u16" },)", "ffff"), "65535");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u16", all_ones = "absent" },)", "fffe"), "65534");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u32", all_ones = "absent" },)", "ffff 0000"), "65535");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u8" },)", "00ff"), "255");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "s16" },)", "ffff"), "-1");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "s32" },)", "ffff ffff"), "-1");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "u16", bits = [0, 3] },)", "ffff"), "15");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "bitmap" },)", "ffff"), "65535");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "bitmap", all_ones = "absent" },)", "fffe"), "65534");
}

// A block of signed and unsigned values, in which all ones are absent.
Decoded mixed_block() {
  return Decoded(block_from(R"(id = 100
name = "test"
prefix = ""
poll = "core"
all_ones = "absent"
evidence = "inferred"
fields = [
  { name = "voltage", register = 100, type = "u16" },
  { name = "power", register = 101, type = "s32" },
  { name = "level", register = 103, type = "u8", max = 100 },
]
derived = [{ name = "sum", from = ["voltage", "power"], how = "sum" }]
[[group]]
name = "phases"
topic = "phase"
count = 2
register = 104
fields = [
  { name = "power", register = 0, type = "s16" },
  { name = "voltage", register = 1, type = "u16" },
]
)"));
}

TEST(AllOnes, OfAWholeAnswerLeaveNoValueSignedOrNot) {
  Decoded block = mixed_block();
  block.decode("ffff ffff ffff ffff ffff ffff ffff ffff");
  for (const char* path : {"voltage", "power", "level", "sum", "phase/1/power", "phase/2/voltage"}) {
    EXPECT_EQ(block.shown(path), "absent") << path;
  }
  EXPECT_EQ(block.row.implausible, 0U);
  block.decode("ffff ffff ffff ffff");
  EXPECT_EQ(block.shown("power"), "absent");
  EXPECT_EQ(block.shown("phase/1/power"), "missing");
}

TEST(AllOnes, OfASignedNumberAreMinusOneWhereAnythingElseIsThere) {
  Decoded block = mixed_block();
  block.decode("ffff ffff ffff 0050 ffff 00e6 ffff ffff");
  EXPECT_EQ(block.shown("voltage"), "absent");
  EXPECT_EQ(block.shown("power"), "-1");
  EXPECT_EQ(block.shown("phase/1/power"), "-1");
  EXPECT_EQ(block.shown("phase/2/power"), "absent") << "the phase is not there";
}

TEST(AllOnes, OfASignedNumberThatWasReadAloneAreMinusOne) {
  Decoded block = mixed_block();
  block.decode("ffff ffff", 2);
  EXPECT_EQ(block.shown("power"), "-1");
  EXPECT_EQ(block.shown("voltage"), "missing");
}

TEST(Types, FloatsAreRoundedToTheDecimalsOfTheirRow) {
  constexpr std::string_view kVolts = R"({ name = "value", register = 100, type = "f32", decimals = 1, unit = "V" },)";
  EXPECT_EQ(shown(kVolts, "3333 4366"), "230.2");
  EXPECT_EQ(shown(kVolts, "0000 4366"), "230");
  EXPECT_EQ(shown(kVolts, "0000 8000"), "0") << "minus zero";
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "f32", decimals = 0, scale = 1000, unit = "W" },)",
                  "b852 bf1e"),
            "-620");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "f32", decimals = 2, order = "high" },)", "4248 0000"),
            "50");
}

TEST(Types, AnAbsentZeroOfAFloatHasTwoSigns) {
  constexpr std::string_view kRow = R"({ name = "value", register = 100, type = "f32", decimals = 1, absent = [0] },)";
  EXPECT_EQ(shown(kRow, "0000 0000"), "absent");
  EXPECT_EQ(shown(kRow, "0000 8000"), "absent");
}

TEST(Types, FloatsThatAreNoNumberAreAbsentAndThoseOfNoSizeAreCountedToo) {
  Decoded block(block_with(R"({ name = "value", register = 100, type = "f32", decimals = 2, max = 100 },)"));
  EXPECT_EQ(block.decode("0000 7fc0").shown("value"), "absent");
  EXPECT_EQ(block.row.implausible, 0U);
  for (const char* wrong : {"0000 7f80", "0000 ff80", "ffff 7f7f", "0000 4449"}) {
    EXPECT_EQ(block.decode(wrong).shown("value"), "absent") << wrong;
    EXPECT_EQ(block.row.implausible, 1U) << wrong;
  }
  EXPECT_EQ(block.decode("0000").shown("value"), "missing");
}

TEST(Types, BoolKnowsItsCodesAndNoOthers) {
  constexpr std::string_view kRow = R"({ name = "value", register = 100, type = "bool", on = [1, 3], off = [0, 2] },)";
  EXPECT_EQ(shown(kRow, "0003"), "ON");
  EXPECT_EQ(shown(kRow, "0002"), "OFF");
  EXPECT_EQ(shown(kRow, "0004"), "absent");
}

TEST(Types, EnumShowsNamesAndOtherForTheRest) {
  constexpr std::string_view kRow =
      R"({ name = "value", register = 100, type = "enum", options = { 0 = "idle", 7 = "charging" } },)";
  EXPECT_EQ(shown(kRow, "0007"), "charging");
  EXPECT_EQ(shown(kRow, "0001"), "other");
  EXPECT_EQ(Decoded(block_with(kRow)).decode("0001").json(), R"({"value":"UNKNOWN_1"})");
}

TEST(Types, SwappedTextHasTheBytesOfEachRegisterExchanged) {
  constexpr std::string_view kRow = R"({ name = "value", register = 100, type = "text", length = 6 },)";
  EXPECT_EQ(shown(kRow, "4c45 3031 0030"), "EL100");
  EXPECT_EQ(shown(kRow, "0000 0000 0000"), "");
}

TEST(Types, PlainTextIsReadAsItLies) {
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "text", length = 3, text = "plain" },)", "414243"),
            "ABC");
}

TEST(Types, TextWithBytesThatAreNoTextIsAbsent) {
  constexpr std::string_view kRow = R"({ name = "value", register = 100, type = "text", length = 4 },)";
  EXPECT_EQ(shown(kRow, "4c45 c3a4"), "absent");
  EXPECT_EQ(shown(kRow, "4c00 4500"), "absent");  // a NUL in the middle is no padding
}

TEST(Types, SerialIsFourRegistersLowFirstInDecimal) {
  constexpr std::string_view kRow = R"({ name = "value", register = 100, type = "serial" },)";
  EXPECT_EQ(shown(kRow, "0001 0002 0003 0000"), "12885032961");
  EXPECT_EQ(shown(kRow, "fffe ffff ffff ffff"), "18446744073709551614");
  EXPECT_EQ(shown(kRow, "0000 0000 0000 0000"), "absent");
}

TEST(Types, VersionIsANumberOverOneHundred) {
  constexpr std::string_view kRow = R"({ name = "value", register = 100, type = "version" },)";
  EXPECT_EQ(shown(kRow, "a32c 0001"), "1073.08");
  EXPECT_EQ(shown(kRow, "0005 0000"), "0.05");
  EXPECT_EQ(shown(kRow, "fffe ffff"), "42949672.94");
  EXPECT_EQ(shown(kRow, "0000 0000"), "absent");
}

TEST(Types, Ipv4HasItsBytesExchanged) {
  constexpr std::string_view kRow = R"({ name = "value", register = 100, type = "ipv4" },)";
  EXPECT_EQ(shown(kRow, "a8c0 ff32"), "192.168.50.255");
  EXPECT_EQ(shown(kRow, "0000 0000"), "absent");
}

TEST(Types, BitmapIsAnUnsignedNumberOfItsWidth) {
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "bitmap" },)", "8001"), "32769");
  EXPECT_EQ(shown(R"({ name = "value", register = 100, type = "bitmap", width = 64, order = "high" },)",
                  "8000 0000 0000 0001"),
            "9223372036854775809");
}

TEST(Types, AClockIsDateAndTimeInThreeRegisters) {
  constexpr std::string_view kClock = R"({ name = "value", register = 100, type = "clock" },)";
  EXPECT_EQ(shown(kClock, "1a06 1910 171a"), "2026-06-25 16:23:26");
  EXPECT_EQ(shown(kClock, "1a05 090f 213a"), "2026-05-09 15:33:58");
  EXPECT_EQ(shown(kClock, "1802 1d17 3b3b"), "2024-02-29 23:59:59");
  EXPECT_EQ(shown(kClock, "1902 1d17 3b3b"), "absent") << "no leap year";
  EXPECT_EQ(shown(kClock, "0000 0000 0000"), "absent");
  EXPECT_EQ(shown(kClock, "1a0d 0100 0000"), "absent");
  EXPECT_EQ(shown(kClock, "1a06 1918 0000"), "absent");
  EXPECT_EQ(shown(kClock, "ffff ffff ffff"), "absent");
  EXPECT_EQ(shown(kClock, "1a06 1910"), "missing");
}

TEST(Types, AClockIsWrittenAsItIsRead) {
  const Decoded block(block_with(R"({ name = "value", register = 100, type = "clock" },)"));
  auto data = bytes("0000 0000 0000");
  EXPECT_TRUE(block.decoder.encode(0, "2026-06-25 16:23:26", data));
  EXPECT_EQ(data, bytes("1a06 1910 171a"));
  EXPECT_FALSE(block.decoder.encode(0, "2026-06-31 16:23:26", data));
  EXPECT_FALSE(block.decoder.encode(0, "2026-06-25T16:23", data));
}

}  // namespace
}  // namespace bluetti::schemas::testing
