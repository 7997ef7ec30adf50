// SPDX-License-Identifier: MIT
// Registers whose scale changed with the station's software.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kMains =
    R"({ name = "value", register = 100, type = "u16", unit = "V", min = 80, max = 300, scale = [{ factor = 0.1, until = 2053.08 }, { factor = 1, from = 2114.06 }] },)";

struct Reading {
  std::string shown;
  std::uint32_t implausible = 0;
  friend bool operator==(const Reading&, const Reading&) = default;
};

Reading read(double firmware, std::string_view hex) {
  Decoded decoded(block_with(kMains));
  decoded.row.firmware = firmware;
  decoded.decode(hex);
  return {decoded.shown("value"), decoded.row.implausible};
}

constexpr double kUnknown = 0;

TEST(VersionedScale, TheVersionDecidesWhereItIsKnown) {
  EXPECT_EQ(read(2114.06, "007b"), (Reading{"123"}));
  EXPECT_EQ(read(2200, "007b"), (Reading{"123"}));
  EXPECT_EQ(read(2053.08, "04d2"), (Reading{"123.4"}));
  EXPECT_EQ(read(2053.08, "0037"), (Reading{"5.5"})) << "a grid that has just failed";
}

TEST(VersionedScale, ElseThePlausibleNumberHolds) {
  EXPECT_EQ(read(kUnknown, "007b"), (Reading{"123"}));
  EXPECT_EQ(read(kUnknown, "04d2"), (Reading{"123.4"}));
  EXPECT_EQ(read(2080, "007b"), (Reading{"123"})) << "between the two";
  EXPECT_EQ(read(2080, "04d2"), (Reading{"123.4"}));
}

TEST(VersionedScale, AVersionIsNotBelievedAgainstAllReason) {
  EXPECT_EQ(read(2114.06, "04d2"), (Reading{"123.4"}));
}

TEST(VersionedScale, WhatIsNoPlausibleNumberIsAbsentAndCounted) {
  EXPECT_EQ(read(kUnknown, "0032"), (Reading{"absent", 1}));
  EXPECT_EQ(read(kUnknown, "1388"), (Reading{"absent", 1}));
}

TEST(VersionedScale, ZeroIsZeroOnAnyScale) {
  EXPECT_EQ(read(kUnknown, "0000"), (Reading{"0"}));
  EXPECT_EQ(read(2114.06, "0000"), (Reading{"0"}));
}

std::vector<std::string> problems_of_scale(std::string_view keys) {
  return problems_of_block(
      "id = 100\nname = \"test\"\npoll = \"core\"\nevidence = \"inferred\"\nfields = [\n"
      "{ name = \"value\", register = 100, type = \"u16\", " +
      std::string(keys) + " } ]\n");
}

TEST(VersionedScale, NoNumberMayBePlausibleByTwoScales) {
  EXPECT_THAT(problems_of_scale("min = 80, max = 300, scale = [{ factor = 0.1 }, { factor = 1 }]"), IsEmpty());
  EXPECT_THAT(problems_of_scale("min = 20, max = 300, scale = [{ factor = 0.1 }, { factor = 1 }]"),
              ElementsAre(HasSubstr("plausible by two scales")));
  EXPECT_THAT(problems_of_scale("max = 300, scale = [{ factor = 0.1 }, { factor = 1 }]"),
              ElementsAre(HasSubstr("need 'min' and 'max'")));
  EXPECT_THAT(problems_of_scale("min = 80, max = 300, bits = [0, 7], scale = [{ factor = 1 }]"),
              ElementsAre(HasSubstr("instead of 'bits'")));
  EXPECT_THAT(problems_of_scale("min = 80, max = 300, scale = [{ factor = 0 }]"),
              ElementsAre(HasSubstr("greater than 0")));
}

}  // namespace
}  // namespace bluetti::schemas::testing
