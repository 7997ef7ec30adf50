// SPDX-License-Identifier: MIT
// `when_old` of stations: for all values or by field and unit, and what it falls back to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_fixture.h"

namespace bluetti::test {
namespace {

using gateway::WhenOld;
using gateway::WhenOldWishes;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<WhenOldWishes> wishes_of(std::string_view keys, std::string_view tables = "",
                                     const Variables& variables = {}) {
  return config_of(text({kAccount, kStation, keys, "\n", tables}), variables).stations.at(0).when_old;
}

TEST(ConfigWhenOld, IsForAllValuesOrByFieldAndUnit) {
  EXPECT_THAT(wishes_of(""), ElementsAre());
  EXPECT_THAT(wishes_of("when_old = \"clear\""), ElementsAre(WhenOldWishes{{"", WhenOld::clear}}));
  EXPECT_THAT(wishes_of("when_old = { soc = \"unavailable\", Hz = \"keep\", \"grid_phase/1/power\" = \"clear\" }"),
              ElementsAre(WhenOldWishes{
                  {"soc", WhenOld::unavailable}, {"Hz", WhenOld::keep}, {"grid_phase/1/power", WhenOld::clear}}));
}

TEST(ConfigWhenOld, OfTheStationStandsOverThatOfAllStations) {
  EXPECT_THAT(wishes_of("when_old = { soc = \"keep\" }", "[defaults]\nwhen_old = \"unavailable\"\n"),
              ElementsAre(WhenOldWishes{{"", WhenOld::unavailable}}, WhenOldWishes{{"soc", WhenOld::keep}}));
}

TEST(ConfigWhenOld, MayBeAnEnvironmentVariable) {
  EXPECT_THAT(wishes_of("", "", {{"BLUETTI_GATEWAY__DEFAULTS__WHEN_OLD", "clear"}}),
              ElementsAre(WhenOldWishes{{"", WhenOld::clear}}));
}

TEST(ConfigWhenOld, RefusesOtherWordsAndNames) {
  const auto problems = [](std::string_view keys) {
    return testing::PrintToString(problems_of(text({kAccount, kStation, keys, "\n"})));
  };
  EXPECT_THAT(problems("when_old = \"hide\""),
              HasSubstr("station.when_old: must be \\\"keep\\\", \\\"clear\\\", \\\"unavailable\\\", or a table"));
  EXPECT_THAT(problems("when_old = { sock = \"keep\" }"),
              HasSubstr("station.when_old.sock: no field and no unit; did you mean 'soc'?"));
  EXPECT_THAT(problems("when_old = { soc = 1 }"),
              HasSubstr("station.when_old.soc: must be \\\"keep\\\", \\\"clear\\\" or \\\"unavailable\\\""));
}

}  // namespace
}  // namespace bluetti::test
