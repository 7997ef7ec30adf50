// SPDX-License-Identifier: MIT
// One transform at a time, then the order of several, as they show in decoded values.
#include <gtest/gtest.h>

#include "schema_support.h"
#include "schemas/numbers.h"
#include "schemas/parse.h"

namespace bluetti::schemas::testing {
namespace {

std::string chained(const std::string& type, const std::string& chain, std::string_view hex) {
  return shown(
      "{ name = \"value\", offset = 0, type = \"" + type + "\", order = \"high\", transforms = " + chain + " },", hex);
}

TEST(Transforms, AbsoluteValueOfTheSmallestNumberHasNoOverflow) {
  EXPECT_EQ(chained("s16", R"(["abs"])", "8000"), "32768");
  EXPECT_EQ(chained("s32", R"(["abs"])", "8000 0000"), "2147483648");
  EXPECT_EQ(chained("s8", R"(["abs"])", "ff"), "1");
}

TEST(Transforms, ScaleRoundsToSixDigits) {
  EXPECT_EQ(chained("u16", R"(["scale:0.1"])", "0213"), "53.1");
  EXPECT_EQ(chained("u16", R"(["scale:0.0000004"])", "0001"), "0");
  EXPECT_EQ(chained("u16", R"(["scale:0.0000006"])", "0001"), "0.000001");
  EXPECT_EQ(chained("u16", R"(["scale:10"])", "0213"), "5310");
}

TEST(Transforms, AnExactHalfOfTheSixthDigitGoesToTheEvenDigit) {
  EXPECT_EQ(round_to_6_digits(0.5 / 1048576 * 1), 0.0);  // 0.000000476...: below the half
  EXPECT_EQ(round_to_6_digits(1.0 / 128), 0.007812);     // 0.0078125
  EXPECT_EQ(round_to_6_digits(3.0 / 128), 0.023438);     // 0.0234375
  EXPECT_EQ(round_to_6_digits(-1.0 / 128), -0.007812);
}

// Decimal halves are seldom halves in binary: the exact binary value decides.
TEST(Transforms, AHalfThatOnlyLooksLikeOneGoesWhereItsBinaryValueLies) {
  EXPECT_EQ(round_to_6_digits(1.0000005), 1.000001);  // stored as 1.00000050000000007
  EXPECT_EQ(round_to_6_digits(1.0000015), 1.000001);  // stored as 1.00000149999999999
  EXPECT_EQ(round_to_6_digits(12345678901.5), 12345678901.5);
}

TEST(Transforms, MinusKeepsWholeNumbersWhole) {
  EXPECT_EQ(chained("u8", R"(["minus:40"])", "1a"), "-14");
  EXPECT_EQ(chained("u8", R"(["minus:0.5"])", "02"), "1.5");
  EXPECT_EQ(chained("u8", R"(["scale:0.1", "minus:40"])", "00"), "-40");
  EXPECT_EQ(chained("u8", R"(["minus:40", "scale:0.1"])", "00"), "-4");
}

TEST(Transforms, MasksAndShiftsSeeTwosComplement) {
  EXPECT_EQ(chained("s16", R"(["bitmask:0xff"])", "fffe"), "254");
  EXPECT_EQ(chained("s16", R"(["bitmask:0xffffff"])", "fffe"), "16777214");
  EXPECT_EQ(chained("s16", R"(["shift:4"])", "fff0"), "-1");
  EXPECT_EQ(chained("s16", R"(["shift:4", "bitmask:0x3"])", "ffe0"), "2");
  EXPECT_EQ(chained("s16", R"(["shift:20"])", "8000"), "-1");
  EXPECT_EQ(chained("u16", R"(["shift:20"])", "8000"), "0");
}

TEST(Transforms, MasksAndShiftsCutAFractionOffFirst) {
  EXPECT_EQ(chained("u16", R"(["scale:0.1", "bitmask:0xff"])", "0013"), "1");
  EXPECT_EQ(chained("s16", R"(["scale:0.1", "bitmask:0xff"])", "ffed"), "255");  // -1.9 becomes -1
  EXPECT_EQ(chained("u16", R"(["scale:0.1", "shift:1"])", "0037"), "2");
}

TEST(Transforms, ClampAndMaskApplyInTheOrderWritten) {
  EXPECT_EQ(chained("u16", R"(["clamp:0:100", "bitmask:0xf"])", "01f0"), "4");
  EXPECT_EQ(chained("u16", R"(["bitmask:0xf", "clamp:0:100"])", "01f0"), "0");
  EXPECT_EQ(chained("s16", R"(["clamp:-5:5"])", "fffa"), "-5");
  EXPECT_EQ(chained("s16", R"(["clamp:-5:5"])", "fffb"), "-5");
  EXPECT_EQ(chained("s16", R"(["clamp:-5:5"])", "0006"), "5");
}

TEST(Transforms, EnableListTakesGroupsOfTwoBitsFromTheTop) {
  EXPECT_EQ(chained("u16", R"(["hex_enable_list:0:0"])", "8000"), "1");
  EXPECT_EQ(chained("u16", R"(["hex_enable_list:0:0"])", "4000"), "2");
  EXPECT_EQ(chained("u16", R"(["hex_enable_list:0:7"])", "0003"), "3");
}

TEST(Transforms, EnableListInModeThreeTakesGroupsOfThree) {
  EXPECT_EQ(chained("u16", R"(["hex_enable_list:3:0"])", "2000"), "4");
  EXPECT_EQ(chained("u16", R"(["hex_enable_list:3:4"])", "0008"), "1");
  EXPECT_EQ(chained("u16", R"(["hex_enable_list:3:5"])", "0001"), "1");  // one bit is left for the last group
}

TEST(Transforms, EnableListHasNoGroupBeyondItsSixteenBits) {
  EXPECT_TRUE(parse_transform("hex_enable_list:0:7"));
  EXPECT_FALSE(parse_transform("hex_enable_list:0:8"));
  EXPECT_TRUE(parse_transform("hex_enable_list:3:5"));
  EXPECT_FALSE(parse_transform("hex_enable_list:3:6"));
}

TEST(Transforms, AMaskIsHexadecimalOrRefused) {
  EXPECT_EQ(parse_transform("bitmask:0x3FFF"), parse_transform("bitmask:0X3fff"));
  EXPECT_TRUE(parse_transform("bitmask:0X3FFF"));
  for (const char* const wrong :
       {"bitmask:10", "bitmask:3FFF", "bitmask:0x", "bitmask:0x1g", "bitmask:-0x1", "bitmask:0x10000000000000000"}) {
    EXPECT_FALSE(parse_transform(wrong)) << wrong;
  }
}

TEST(Transforms, NumbersOfSixtyFourBitsKeepEveryBit) {
  EXPECT_EQ(chained("u64", R"(["shift:1"])", "ffff ffff ffff ffff"), "9223372036854775807");
  EXPECT_EQ(chained("u64", R"(["shift:63"])", "8000 0000 0000 0000"), "1");
  EXPECT_EQ(chained("u64", R"(["bitmask:0xffffffffffffffff"])", "ffff ffff ffff ffff"), "18446744073709551615");
  EXPECT_EQ(chained("u64", R"(["abs"])", "ffff ffff ffff fffe"), "18446744073709551614");
}

TEST(Transforms, HugeRealNumbersAreCutWithoutOverflow) {
  EXPECT_EQ(chained("u64", R"(["scale:10", "shift:1"])", "ffff ffff ffff ffff"), "92233720368547758080");
  EXPECT_EQ(chained("u64", R"(["scale:10", "bitmask:0x7"])", "ffff ffff ffff ffff"), "0");
  EXPECT_EQ(chained("u64", R"(["scale:1e300", "scale:1e300", "bitmask:0x7"])", "0000 0000 0000 0001"), "0");
}

}  // namespace
}  // namespace bluetti::schemas::testing
