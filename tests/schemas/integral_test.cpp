// SPDX-License-Identifier: MIT
// Energy summed up from power, and the rows that declare it.
#include "schemas/integral.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kMinute = 1.0 / 60;

TEST(Integral, GoesInStraightLinesFromReadingToReading) {
  Integral energy;
  energy.begin(100);
  energy.add(300, 1);
  EXPECT_DOUBLE_EQ(energy.total(), 200);
  energy.add(300, 30 * kMinute);
  EXPECT_DOUBLE_EQ(energy.total(), 350);
}

TEST(Integral, TheTimeBeforeABeginningAddsNothing) {
  Integral energy;
  energy.begin(1000);
  energy.add(1000, 1);
  energy.begin(5000);
  EXPECT_DOUBLE_EQ(energy.total(), 1000);
  energy.add(5000, 1);
  EXPECT_DOUBLE_EQ(energy.total(), 6000);
}

TEST(Integral, GoesOnFromAnEarlierTotal) {
  Integral energy(12.5);
  energy.begin(60);
  energy.add(60, kMinute);
  EXPECT_DOUBLE_EQ(energy.total(), 13.5);
}

TEST(Integral, WhatLiesBelowZeroIsNotCounted) {
  Integral energy;
  energy.begin(-100);
  energy.add(-300, 1);
  EXPECT_DOUBLE_EQ(energy.total(), 0);
  energy.add(300, 1);  // above zero for the second half hour, 150 W in the mean
  EXPECT_DOUBLE_EQ(energy.total(), 75);
  energy.add(-100, 1);  // for three quarters of an hour
  EXPECT_DOUBLE_EQ(energy.total(), 75 + 112.5);
}

constexpr std::string_view kPower = R"({ name = "power", register = 100, type = "s16", unit = "W" },
  { name = "powers", register = 101, type = "s16", unit = "W", count = 2 },
  { name = "voltage", register = 103, type = "u16", unit = "V" },)";

Block block_summing(std::string_view rows) {
  return block_with(kPower, "derived = [ " + std::string(rows) + " ]");
}

std::vector<std::string> problems_of_integral(std::string_view row) {
  return problems_of_block("id = 100\nname = \"test\"\npoll = \"core\"\nevidence = \"inferred\"\nfields = [" +
                           std::string(kPower) + "]\nderived = [\n" + std::string(row) + "\n]\n");
}

TEST(IntegralRow, SaysWhatIsSummedUpAndInWhatUnit) {
  const Decoded block(block_summing(R"({ name = "energy", from = "power", how = "integral", unit = "kWh" },
    { name = "charged", from = "power", how = "integral", unit = "Wh", scale = -1 })"));
  const auto sums = block.decoder.summations();
  ASSERT_EQ(sums.size(), 2U);
  EXPECT_EQ(sums[0].slot, block.slot("energy"));
  EXPECT_EQ(sums[0].input, block.slot("power"));
  EXPECT_DOUBLE_EQ(sums[0].factor, 0.001);
  EXPECT_EQ(sums[0].decimals, 2);
  EXPECT_DOUBLE_EQ(sums[1].factor, -1);
  EXPECT_EQ(sums[1].decimals, 0);
}

TEST(IntegralRow, IsLeftMissingByADecode) {
  Decoded block(block_summing(R"({ name = "energy", from = "power", how = "integral", unit = "kWh" })"));
  EXPECT_EQ(block.decode("0064 0000 0000 0000").shown("energy"), "missing");
}

TEST(IntegralRow, StandsInAGroupToo) {
  const Decoded block(block_with(kPower, R"(
[[group]]
name = "phases"
topic = "phase"
count = 2
register = 104
stride = 1
fields = [ { name = "power", register = 0, type = "s16", unit = "W" } ]
derived = [ { name = "energy", from = "power", how = "integral", unit = "Wh" } ]
)"));
  const auto sums = block.decoder.summations();
  ASSERT_EQ(sums.size(), 2U);
  EXPECT_EQ(sums[1].input, block.slot("phase/2/power"));
  EXPECT_EQ(sums[1].slot, block.slot("phase/2/energy"));
}

TEST(IntegralRow, TakesOnePowerAndGivesAnEnergy) {
  EXPECT_THAT(problems_of_integral(R"({ name = "e", from = "power", how = "integral", unit = "Wh" })"), IsEmpty());
  EXPECT_THAT(problems_of_integral(R"({ name = "e", from = "powers", how = "integral", unit = "Wh" })"),
              ElementsAre(HasSubstr("'integral' takes one single value in W")));
  EXPECT_THAT(problems_of_integral(R"({ name = "e", from = "voltage", how = "integral", unit = "Wh" })"),
              ElementsAre(HasSubstr("'integral' takes one single value in W")));
  EXPECT_THAT(problems_of_integral(R"({ name = "e", from = "power", how = "integral", unit = "W" })"),
              ElementsAre(HasSubstr("'integral' gives Wh or kWh")));
  EXPECT_THAT(problems_of_integral(R"({ name = "e", from = "power", how = "integral", unit = "Wh", max = 5 })"),
              ElementsAre(HasSubstr("an integral has no bounds")));
}

TEST(IntegralRow, NothingElseIsDerivedFromIt) {
  EXPECT_THAT(problems_of_integral(R"({ name = "e", from = "power", how = "integral", unit = "Wh" },
    { name = "f", from = ["e", "power"], how = "sum", unit = "Wh" })"),
              ElementsAre(HasSubstr("'from' cannot name 'e', which is an integral")));
}

}  // namespace
}  // namespace bluetti::schemas::testing
