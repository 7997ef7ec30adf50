// SPDX-License-Identifier: MIT
// From a wish to a proven setting, against a station that behaves, and as real ones do.
#include "gateway/control/station_control.h"

#include <gmock/gmock.h>

#include "tests/control/controlled_station.h"

namespace bluetti::test {
namespace {

using gateway::ControlOutcome;
using gateway::simulator::WriteFaults;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kEco = "ac_eco";

class Control : public testing::Test {
 protected:
  Control() : world("AP300") {}

  // The value that the setting does not have now.
  std::string other() { return world.truth(kEco) == "ON" ? "OFF" : "ON"; }
  void change() {
    before = world.truth(kEco);
    wanted = other();
    world.wish(kEco, wanted);
    world.pass(40s);
  }
  [[nodiscard]] std::size_t results() const { return world.results.size(); }

  ControlledStation world;
  std::string before;
  std::string wanted;
};

TEST_F(Control, AWishIsWrittenReadBackAndConfirmed) {
  change();
  ASSERT_GE(results(), 1U);
  EXPECT_EQ(world.results[0].outcome, ControlOutcome::confirmed) << world.results[0].reason;
  EXPECT_EQ(world.results[0].before, before);
  EXPECT_EQ(world.results[0].after, wanted);
  EXPECT_EQ(world.truth(kEco), wanted);
}

TEST_F(Control, NothingIsWrittenWithoutAWish) {
  world.pass(60min);
  EXPECT_EQ(world.writes(), 0);
}

TEST_F(Control, AValueThatItHasAlreadyIsNotWritten) {
  world.wish(kEco, world.truth(kEco));
  world.pass(5s);
  EXPECT_EQ(world.last().outcome, ControlOutcome::confirmed);
  EXPECT_THAT(world.last().reason, HasSubstr("already"));
  EXPECT_EQ(world.writes(), 0);
}

TEST_F(Control, ADryRunShowsWhatItWouldWrite) {
  world.control.accept({.path = kEco, .value = other(), .way = "request", .id = "a", .dry_run = true}, false, true,
                       world.station, world.clock.now());
  world.pass(5s);
  EXPECT_THAT(world.last().reason, HasSubstr("dry run"));
  EXPECT_FALSE(world.last().frame.empty());
  EXPECT_EQ(world.writes(), 0);
}

TEST_F(Control, AProbeWritesThePresentValueFirst) {
  world.control.accept({.path = kEco, .value = other(), .way = "request", .id = "a", .probe = true}, false, true,
                       world.station, world.clock.now());
  world.pass(20s);
  EXPECT_EQ(world.results[0].outcome, ControlOutcome::confirmed) << world.results[0].reason;
  EXPECT_EQ(world.writes(), 2);
}

struct Fault {
  const char* name;
  WriteFaults faults;
  ControlOutcome outcome;
  const char* reason;
  bool taken;  // whether the station has the wanted value in the end
};
void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

class ControlOfAStationThat : public Control, public testing::WithParamInterface<Fault> {};

TEST_P(ControlOfAStationThat, ComesToAnOutcomeThatIsTrue) {
  world.simulator.set_write_faults(GetParam().faults);
  change();
  ASSERT_GE(results(), 1U);
  EXPECT_EQ(world.results[0].outcome, GetParam().outcome) << world.results[0].reason;
  EXPECT_THAT(world.results[0].reason, HasSubstr(GetParam().reason));
  EXPECT_EQ(world.truth(kEco), GetParam().taken ? wanted : before);
}

INSTANTIATE_TEST_SUITE_P(
    Station, ControlOfAStationThat,
    testing::Values(Fault{"TakesItsTime", {.settle = 5}, ControlOutcome::confirmed, "", true},
                    Fault{"EchoesAnotherRegister", {.echo_register = 3007}, ControlOutcome::confirmed, "", true},
                    Fault{"TakesTheThirdTry", {.takes_try = 3}, ControlOutcome::confirmed, "", true},
                    Fault{"NeverTakesIt", {.takes_try = 1000}, ControlOutcome::failed, "written 3 times", false},
                    Fault{"Refuses", {.exception = 2}, ControlOutcome::refused, "illegal data address", false},
                    Fault{"IsBusyForEver", {.exception = 6}, ControlOutcome::refused, "busy", false},
                    Fault{"Ignores", {.ignores = true}, ControlOutcome::failed, "written 3 times", false}),
    [](const auto& fault) { return std::string(fault.param.name); });

TEST_F(Control, AChangeThatGoesBackWithinAMinuteIsSaidToBeReverted) {
  world.simulator.set_write_faults({.reverts_after = 15});
  change();
  world.pass(60s);
  ASSERT_EQ(results(), 2U);
  EXPECT_EQ(world.results[0].outcome, ControlOutcome::confirmed);
  EXPECT_EQ(world.results[1].outcome, ControlOutcome::reverted);
  EXPECT_EQ(world.results[1].after, before);
}

TEST_F(Control, AChangeOfOnesOwnIsNoReturn) {
  world.simulator.set_write_faults({.settle = 5});
  const std::string first = world.truth(kEco);
  world.wish(kEco, other());
  world.pass(1s);
  world.wish(kEco, first);
  world.pass(120s);
  ASSERT_EQ(results(), 2U) << world.last().reason;
  EXPECT_EQ(world.results[0].outcome, ControlOutcome::confirmed);
  EXPECT_EQ(world.results[1].outcome, ControlOutcome::confirmed);
  EXPECT_EQ(world.truth(kEco), first);
}

TEST_F(Control, AfterALostConnectionTheFirstReadSettlesWhatWasWritten) {
  world.simulator.set_write_faults({.disconnects = true});
  change();
  ASSERT_EQ(results(), 1U);
  EXPECT_EQ(world.results[0].outcome, ControlOutcome::failed);
  EXPECT_THAT(world.results[0].reason, HasSubstr("written, not confirmed"));
  world.simulator.set_write_faults({});
  world.reconnect();
  world.pass(1s);
  ASSERT_EQ(results(), 2U);
  EXPECT_EQ(world.results[1].outcome, ControlOutcome::confirmed);
  EXPECT_THAT(world.results[1].reason, HasSubstr("before the connection was lost"));
}

TEST_F(Control, WhatIsNotSettledYetOutlastsAReloadOfTheConfiguration) {
  world.simulator.set_write_faults({.disconnects = true});
  change();
  ASSERT_EQ(results(), 1U);
  world.simulator.set_write_faults({});
  world.control.configure(built_in(), &world.model, world.settings, {.enabled = true});
  world.reconnect();
  world.pass(1s);
  ASSERT_EQ(results(), 2U);
  EXPECT_EQ(world.last().outcome, ControlOutcome::confirmed);
}

TEST_F(Control, NothingIsWrittenInTheFirstSecondsOfASession) {
  world.disconnect();
  world.pass(1s);
  world.reconnect();
  world.wish(kEco, other());
  world.pass(2s);
  EXPECT_EQ(world.writes(), 0);
  world.pass(5s);
  EXPECT_EQ(world.writes(), 1);
}

TEST_F(Control, OnlyTheNewestOfWaitingWishesForASettingCounts) {
  world.station.submit(std::make_unique<gateway::ReadTransaction>(
      world.model, gateway::RegisterRange{.first = 40000, .count = 3, .block = nullptr}, gateway::ReadPolicy{},
      gateway::TimePoint::max(), [](const gateway::ReadOutcome&) {}));
  const std::string now = world.truth(kEco);
  world.wish(kEco, other());
  world.wish(kEco, now);
  world.pass(40s);
  ASSERT_EQ(results(), 2U);
  EXPECT_EQ(world.results[0].reason, "replaced by a newer wish");
  EXPECT_EQ(world.results[1].outcome, ControlOutcome::confirmed);
  EXPECT_EQ(world.writes(), 0);
}

TEST_F(Control, AWishThatWaitsForAnotherToSettleIsNotDueBeforeThat) {
  world.simulator.set_write_faults({.settle = 5});
  world.wish(kEco, other());
  world.wish("dc_eco", world.truth("dc_eco") == "ON" ? "OFF" : "ON");
  world.pass(1s);
  EXPECT_EQ(world.station.transactions(), 2U);
  EXPECT_FALSE(world.station.wants_to_ask(world.clock.now()));
  EXPECT_GT(world.station.next_action(), world.clock.now());
  world.pass(30s);
  ASSERT_EQ(results(), 2U);
  for (const auto& result : world.results) EXPECT_EQ(result.outcome, ControlOutcome::confirmed) << result.reason;
}

TEST_F(Control, UndoBringsTheValueBeforeBack) {
  change();
  world.undo();
  world.pass(20s);
  EXPECT_EQ(world.last().outcome, ControlOutcome::confirmed) << world.last().reason;
  EXPECT_TRUE(world.last().wish.is_undo);
  EXPECT_EQ(world.truth(kEco), before);
}

TEST_F(Control, WithoutAChangeThereIsNothingToUndo) {
  world.undo();
  EXPECT_EQ(world.last().outcome, ControlOutcome::refused);
  EXPECT_THAT(world.last().reason, HasSubstr("nothing was changed"));
}

TEST_F(Control, PollsAreDelayedOnlyAsLongAsTheTransactionTakes) {
  const auto began = world.clock.now();
  world.wish(kEco, other());
  world.pass(1s);
  ASSERT_EQ(results(), 1U) << "with no time to settle";
  EXPECT_LE(world.results[0].took, 1s);
  EXPECT_LE(world.station.next_action() - began, 3s);
}

// Wishes that are refused before anything is sent.
struct Refused {
  const char* path;
  const char* value;
  const char* reason;
};

void PrintTo(const Refused& row, std::ostream* out) {
  *out << row.path << '=' << row.value;
}

class WrongWish : public testing::TestWithParam<Refused> {};

TEST_P(WrongWish, IsRefusedWithAReasonAndNothingIsSent) {
  ControlledStation world("AP300", {.enabled = true, .per_minute = 60, .consents = {}});
  world.wish(GetParam().path, GetParam().value);
  ASSERT_EQ(world.results.size(), 1U);
  EXPECT_EQ(world.last().outcome, ControlOutcome::refused);
  EXPECT_THAT(world.last().reason, HasSubstr(GetParam().reason));
  world.pass(20s);
  EXPECT_EQ(world.writes(), 0);
}

INSTANTIATE_TEST_SUITE_P(Table, WrongWish,
                         testing::Values(Refused{"ac_eco", "", "empty"}, Refused{"ac_eco", "maybe", "ON"},
                                         Refused{"ac_output", "ON", "needs consent"}, Refused{"soc", "80", "only read"},
                                         Refused{"no_such_thing", "1", "no_such_thing"}));

TEST(ControlWithoutLeave, RefusesEverything) {
  ControlledStation world("AP300", {});
  world.wish(kEco, "ON");
  EXPECT_EQ(world.last().outcome, ControlOutcome::refused);
  EXPECT_THAT(world.last().reason, HasSubstr("control is off"));
  EXPECT_THAT(world.control.offered(), IsEmpty());
}

TEST_F(Control, RefusesARetainedWish) {
  world.wish(kEco, "ON", true);
  EXPECT_THAT(world.last().reason, HasSubstr("retain"));
}

TEST_F(Control, RefusesWishesOfAStationThatIsAway) {
  world.disconnect();
  world.wish(kEco, "ON");
  EXPECT_THAT(world.last().reason, HasSubstr("not connected"));
}

TEST_F(Control, ResultsDoNotRepeatAllOfAnEndlessWish) {
  world.wish(std::string(60000, 'x'), "ON");
  EXPECT_EQ(world.last().outcome, ControlOutcome::refused);
  EXPECT_LE(world.last().wish.path.size(), 129U);
  world.wish(kEco, std::string(60000, 'x'));
  EXPECT_THAT(world.last().reason, HasSubstr("longer than 256 bytes"));
  EXPECT_LE(world.last().wish.value.size(), 257U);
}

TEST(ControlRate, TheLastPositionOfASliderCounts) {
  ControlledStation world("AP300", {.enabled = true, .per_minute = 2, .consents = {}});
  world.simulator.set_write_faults({.settle = 5});
  for (const char* position : {"1", "2", "3", "4", "3", "2"}) {
    world.wish("ac_eco_time", position);
    world.pass(100ms);
  }
  world.pass(40s);
  EXPECT_EQ(world.truth("ac_eco_time"), "2") << world.last().reason;
}

TEST(ControlRate, AllowsSoManyChangesAMinute) {
  ControlledStation world("AP300", {.enabled = true, .per_minute = 2, .consents = {}});
  world.wish(kEco, "ON");
  world.wish("dc_eco", "ON");
  world.wish("ac_eco_time", "2");
  EXPECT_THAT(world.last().reason, HasSubstr("more than 2 changes a minute"));
  world.pass(61s);
  const auto refused = world.results.size();
  world.wish(kEco, "OFF");
  EXPECT_EQ(world.results.size(), refused) << "a minute later it may be tried again";
}

}  // namespace
}  // namespace bluetti::test
