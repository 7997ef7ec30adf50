// SPDX-License-Identifier: MIT
// Which bytes of a block's data its fields read.
#include "schemas/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::ElementsAre;

// "offset+bytes: paths", "-" for unclaimed and "!" for unclaimed and not zero.
std::vector<std::string> ranges(const Block& block, std::string_view hex, int first = 0, const Model& model = Model()) {
  const Decoder decoder(block, model);
  const auto data = bytes(hex);
  std::vector<std::string> result;
  for (const CoveredRange& range : coverage_of(decoder, data, first).ranges) {
    std::string text = std::to_string(range.offset) + "+" + std::to_string(range.bytes.size()) + ":";
    for (const Slot* slot : range.owners) text += " " + slot->path;
    if (range.owners.empty()) text += range.zero ? " -" : " !";
    result.push_back(text);
  }
  return result;
}

constexpr std::string_view kCounted = R"(
[[group]]
name = "phases"
topic = "phase"
count = "count"
max = 3
register = 101
stride = 2
fields = [ { name = "power", register = 0, type = "s16" } ]
)";
constexpr std::string_view kCount = R"({ name = "count", register = 100, type = "u8" })";

TEST(Coverage, FieldsClaimTheirBytesAndNoOthers) {
  const Block block = block_with(R"(
    { name = "power", register = 100, type = "u16" },
    { name = "energy", register = 102, type = "u32" },
  )");
  EXPECT_THAT(ranges(block, "0001 0000 00000000"), ElementsAre("0+2: power", "2+2: -", "4+4: energy"));
}

TEST(Coverage, UnclaimedRegistersThatAreNotZeroStandApart) {
  const Block block = block_with(R"({ name = "power", register = 100, type = "u16" })");
  EXPECT_THAT(ranges(block, "0000 0000 0000 0007 0000"), ElementsAre("0+2: power", "2+4: -", "6+2: !", "8+2: -"));
}

TEST(Coverage, TheOtherHalfOfARegisterIsUnclaimed) {
  const Block block = block_with(R"({ name = "mode", register = 100, type = "u8" })");
  EXPECT_THAT(ranges(block, "0003"), ElementsAre("0+1: -", "1+1: mode"));
  EXPECT_THAT(ranges(block, "4003"), ElementsAre("0+1: !", "1+1: mode"));
}

TEST(Coverage, FieldsMayShareAByte) {
  const Block block = block_with(R"(
    { name = "low", register = 100, type = "u16", bits = [0, 3] },
    { name = "high", register = 100, type = "u16", bits = [4, 7] },
  )");
  EXPECT_THAT(ranges(block, "8021"), ElementsAre("0+1: !", "1+1: low high"));
}

TEST(Coverage, GroupsClaimAsManyItemsAsTheDataCounts) {
  const Block block = block_with(kCount, kCounted);
  EXPECT_THAT(ranges(block, "0001 0005 0000 0006 0000"),
              ElementsAre("0+1: -", "1+1: count", "2+2: phase/1/power", "4+2: -", "6+2: !", "8+2: -"));
  EXPECT_THAT(ranges(block, "0002 0005 0000 0006 0000"),
              ElementsAre("0+1: -", "1+1: count", "2+2: phase/1/power", "4+2: -", "6+2: phase/2/power", "8+2: -"));
}

TEST(Coverage, GroupsBehindAnotherFollowItsCount) {
  const Block block = block_with(kCount, std::string(kCounted) + R"(
[[group]]
name = "temperatures"
topic = "temperature"
count = 1
after = "phases"
fields = [ { name = "value", register = 0, type = "u16" } ]
)");
  EXPECT_THAT(ranges(block, "0001 0005 0000 0006"),
              ElementsAre("0+1: -", "1+1: count", "2+2: phase/1/power", "4+2: -", "6+2: temperature/1/value"));
}

TEST(Coverage, SwappedItemsClaimTheByteTheyAreReadFrom) {
  const Block block = block_with("", R"(
[[group]]
name = "cells"
topic = "cell"
count = 1
register = 100
swapped = true
fields = [ { name = "value", offset = 0, type = "u8" } ]
)");
  EXPECT_THAT(ranges(block, "0019"), ElementsAre("0+1: -", "1+1: cell/1/value"));
}

TEST(Coverage, DataCanBeginAndEndInMidBlock) {
  const Block block = block_with(R"(
    { name = "energy", register = 100, type = "u32" },
    { name = "power", register = 102, type = "u16" },
    { name = "total", register = 103, type = "u32" },
  )");
  EXPECT_THAT(ranges(block, "0001 0002 0003", 2), ElementsAre("2+2: !", "4+2: power", "6+2: !"))
      << "half a value is no value";
}

TEST(Coverage, FieldsOfANewerProtocolClaimNothing) {
  const Block block = block_with(R"({ name = "power", register = 100, type = "u16", protocol = 2005 })");
  Model model;
  model.protocol_version = 2004;
  EXPECT_THAT(ranges(block, "0001", 0, model), ElementsAre("0+2: !"));
  model.protocol_version = 2005;
  EXPECT_THAT(ranges(block, "0001", 0, model), ElementsAre("0+2: power"));
}

TEST(Coverage, AbsentValuesClaimTheirBytes) {
  const Block block = block_with(R"({ name = "power", register = 100, type = "u16", absent = [65535] })");
  EXPECT_THAT(ranges(block, "ffff"), ElementsAre("0+2: power"));
}

TEST(Coverage, CountsBytes) {
  const Block block = block_with(R"({ name = "power", register = 100, type = "u16" })");
  const Decoder decoder(block, Model());
  const auto data = bytes("0000 0100 0203");
  const Coverage coverage = coverage_of(decoder, data, 0);
  EXPECT_EQ(coverage.claimed, 2U);
  EXPECT_EQ(coverage.unclaimed_not_zero, 3U);
}

TEST(Coverage, OfNoDataIsEmpty) {
  const Block block = block_with(R"({ name = "power", register = 100, type = "u16" })");
  EXPECT_TRUE(coverage_of(Decoder(block, Model()), {}, 0).ranges.empty());
}

}  // namespace
}  // namespace bluetti::schemas::testing
