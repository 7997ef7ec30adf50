// SPDX-License-Identifier: MIT
// Magnitudes whose sign is told by a code beside them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kCurrents = R"(
  { name = "volts", register = 100, type = "u16", unit = "V" },
  { name = "amperes", register = 101, type = "s16", scale = 0.1, unit = "A", direction = { field = "way", positive = 2, negative = [1, 5] } },
  { name = "way", register = 102, type = "enum", options = { 0 = "idle", 1 = "charging", 2 = "discharging" } },
)";
constexpr std::string_view kWatts =
    R"(derived = [ { name = "watts", from = ["volts", "amperes"], how = "product", unit = "W" } ])";

Decoded battery() {
  return Decoded(block_with(kCurrents, kWatts));
}

TEST(Direction, TheCodeGivesTheSignOfTheMagnitude) {
  Decoded decoded = battery();
  EXPECT_EQ(decoded.decode("000a 02dc 0002").shown("amperes"), "73.2");
  EXPECT_EQ(decoded.decode("000a 02dc 0001").shown("amperes"), "-73.2");
  EXPECT_EQ(decoded.decode("000a 02dc 0005").shown("amperes"), "-73.2");
}

TEST(Direction, ASignInTheRegisterCountsForNothing) {
  Decoded decoded = battery();
  EXPECT_EQ(decoded.decode("000a ffac 0002").shown("amperes"), "8.4");
  EXPECT_EQ(decoded.decode("000a ffac 0001").shown("amperes"), "-8.4");
}

TEST(Direction, WhatIsDerivedFollows) {
  Decoded decoded = battery();
  EXPECT_EQ(decoded.decode("000a 02dc 0002").shown("watts"), "732");
  EXPECT_EQ(decoded.decode("000a 02dc 0001").shown("watts"), "-732");
  EXPECT_EQ(decoded.decode("000a 02dc 0000").shown("watts"), "absent");
}

TEST(Direction, WithAnyOtherCodeACurrentHasNoKnownDirection) {
  Decoded decoded = battery();
  EXPECT_EQ(decoded.decode("000a 0002 0000").shown("amperes"), "absent");
  EXPECT_EQ(decoded.decode("000a 0002 0063").shown("amperes"), "absent");
}

TEST(Direction, NothingHasNoDirection) {
  Decoded decoded = battery();
  EXPECT_EQ(decoded.decode("000a 0000 0000").shown("amperes"), "0");
  EXPECT_EQ(decoded.decode("000a 0000 0001").shown("amperes"), "0");
  EXPECT_EQ(decoded.decode("000a 0000").shown("amperes"), "0");
}

TEST(Direction, WithoutTheCodeTheValueIsMissing) {
  EXPECT_EQ(battery().decode("000a 02dc").shown("amperes"), "missing");
}

TEST(Direction, EncodingWritesTheMagnitude) {
  const Decoded decoded = battery();
  auto data = bytes("0000 0000 0000");
  EXPECT_TRUE(decoded.decoder.encode(decoded.slot("amperes"), -73.2, data));
  EXPECT_EQ(data, bytes("0000 02dc 0000"));
}

TEST(Direction, AnItemOfAGroupMayHaveACodeOfItsOwn) {
  Decoded decoded(block_with("", R"(
[[group]]
name = "packs"
count = 2
register = 100
stride = 2
fields = [
  { name = "amperes", register = 0, type = "u16", unit = "A", direction = { field = "way", positive = 2, negative = 1 } },
  { name = "way", register = 1, type = "enum", options = { 1 = "charging", 2 = "discharging" } },
]
)"));
  decoded.decode("0003 0001 0004 0002");
  EXPECT_EQ(decoded.shown("packs/1/amperes"), "-3");
  EXPECT_EQ(decoded.shown("packs/2/amperes"), "4");
}

std::vector<std::string> problems_of_direction(std::string_view row) {
  return problems_of_block("id = 100\nname = \"test\"\npoll = \"core\"\nevidence = \"inferred\"\nfields = [\n" +
                           std::string(row) +
                           "\n{ name = \"way\", register = 102, type = \"enum\", options = { 1 = \"in\" } },\n"
                           "{ name = \"number\", register = 103, type = \"u16\" } ]\n");
}

TEST(Direction, MustNameAnEnumBesideIt) {
  const auto row = [](const std::string& direction) {
    return "{ name = \"value\", register = 100, type = \"s16\", direction = " + direction + " },";
  };
  EXPECT_THAT(problems_of_direction(row(R"({ field = "way", positive = 1 })")), IsEmpty());
  EXPECT_THAT(problems_of_direction(row(R"({ field = "weigh", positive = 1 })")),
              ElementsAre(HasSubstr("no field 'weigh'")));
  EXPECT_THAT(problems_of_direction(row(R"({ field = "number", positive = 1 })")),
              ElementsAre(HasSubstr("needs a single enum")));
  EXPECT_THAT(problems_of_direction(row(R"({ field = "way" })")), ElementsAre(HasSubstr("needs codes")));
  EXPECT_THAT(problems_of_direction(row(R"({ field = "way", positive = 1, negative = [1] })")),
              ElementsAre(HasSubstr("both positive and negative")));
}

// A number that can be negative and says what flows must say which way, and on whose word.
TEST(Direction, EveryBuiltInFlowWithASignSaysWhatItMeans) {
  const auto check = [](const Block& block, const std::vector<Field>& fields) {
    for (const Field& field : fields) {
      const bool flows = field.unit == "W" || field.unit == "A" || field.unit == "VA";
      const bool is_signed = field.type == Type::s8 || field.type == Type::s16 || field.type == Type::s32;
      if (!flows || !is_signed || field.is_derived()) continue;
      EXPECT_NE(field.sign, "") << block.name << ", " << field.name;
    }
  };
  const Catalog catalog = Catalog::built_in();
  for (const auto& [id, block] : catalog.blocks()) {
    check(block, block.fields);
    for (const Group& group : block.groups) check(block, group.fields);
  }
}

}  // namespace
}  // namespace bluetti::schemas::testing
