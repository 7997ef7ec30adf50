// SPDX-License-Identifier: MIT
// One station, stepped by hand: what it is asked, which answers are believed, when it counts as there.
#include "gateway/station/station.h"

#include <gtest/gtest.h>

#include "tests/support/station_fixture.h"

namespace bluetti::test {
namespace {

using gateway::Drop;
using gateway::Reaction;

using StationTest = StationFixture;

TEST_F(StationTest, AsksInTheEnvelopeAndUnitOfItsModel) {
  const auto request = station.next_request(now);
  ASSERT_TRUE(request);
  EXPECT_EQ(asked_register(*request), 100);
  EXPECT_EQ(request->size(), 18U) << "ten bytes of envelope, eight of Modbus";
}

TEST_F(StationTest, AsksOneThingAtATime) {
  EXPECT_EQ(ask(), 100);
  EXPECT_EQ(ask(), -1);
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), 1300);
}

TEST_F(StationTest, AsksEachBlockAtItsOwnInterval) {
  ask();
  hear(answer(kHomeData));
  ask();
  hear(answer(kGridData));
  EXPECT_EQ(ask(), -1);
  now += 5s;
  EXPECT_EQ(ask(), 100);
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), -1);
  now += 5s;
  EXPECT_EQ(ask(), 100);
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), 1300);
}

TEST_F(StationTest, TakesValuesFromAnAnswer) {
  ask();
  const Reaction reaction = hear(answer(kHomeData));
  EXPECT_FALSE(reaction.dropped);
  EXPECT_TRUE(reaction.came_online);
  EXPECT_EQ(value("soc"), "87");
  EXPECT_EQ(value("temperature"), "20");
}

TEST_F(StationTest, ReportsOnlyWhatChanged) {
  ask();
  hear(answer(kHomeData));
  ask();
  hear(answer(kGridData));
  now += 5s;
  ask();
  EXPECT_TRUE(hear(answer(kHomeData)).updates.empty());
  now += 5s;
  ask();
  const Reaction reaction = hear(answer("0000 0000 0058 003c 0000 0000"));
  ASSERT_EQ(reaction.updates.size(), 1U);
  ASSERT_EQ(reaction.updates[0].slots.size(), 1U);
  EXPECT_EQ(value("soc"), "88");
}

TEST_F(StationTest, AShortAnswerLeavesTheRestAsItWas) {
  ask();
  hear(answer(kHomeData));
  ask();
  hear(answer(kGridData));
  now += 5s;
  ask();
  hear(answer("0000 0000 0059"));
  EXPECT_EQ(value("soc"), "89");
  EXPECT_EQ(value("temperature"), "20");
}

TEST_F(StationTest, ANotReportedTemperatureIsAbsentNotMinusForty) {
  ask();
  hear(answer("0000 0000 0057 0000 0000 0000"));
  EXPECT_EQ(value("temperature"), "");
}

TEST_F(StationTest, AnImplausibleValueIsDroppedAndCounted) {
  ask();
  hear(answer("0000 0000 00fc 003c 0000 0000"));
  EXPECT_EQ(value("soc"), "");
  EXPECT_EQ(station.counters().implausible, 1U);
  now += 5s;
  ask_and_answer(6, kGridData);
  ask();
  hear(answer("0000 0000 00fc 003c 0000 0000"));
  EXPECT_EQ(station.counters().implausible, 2U) << "also when the answer is the same once more";
}

TEST_F(StationTest, TheSameAnswerOnceMoreIsAsFreshAsAnother) {
  ask_and_answer(6, kHomeData);
  ask_and_answer(6, kGridData);
  now += 5s;
  EXPECT_EQ(ask(), 100);
  EXPECT_TRUE(hear(answer(kHomeData)).updates.empty());
  EXPECT_EQ(station.blocks()[0].updated, now);
  hear(push(102, "0040"));
  EXPECT_EQ(value("soc"), "64");
  ask_and_answer(6, kGridData);
  now += 5s;
  EXPECT_EQ(ask(), 100);
  EXPECT_FALSE(hear(answer(kHomeData)).updates.empty()) << "a push came in between";
  EXPECT_EQ(value("soc"), "87");
}

TEST_F(StationTest, APushIsTakenAtAnyTimeByItsOwnRegister) {
  ask();  // an answer to block 100 is awaited
  const Reaction reaction = hear(push(1300, kGridData));
  EXPECT_FALSE(reaction.dropped);
  EXPECT_EQ(value("grid_frequency"), "50");
  EXPECT_EQ(value("grid_phase/1/power"), "-120");
  EXPECT_EQ(value("soc"), "missing");
  EXPECT_FALSE(hear(answer(kHomeData)).dropped) << "the read is still in flight";
}

TEST_F(StationTest, APushMayBeginInsideABlock) {
  hear(push(102, "0040"));
  EXPECT_EQ(value("soc"), "64");
  EXPECT_EQ(value("temperature"), "missing");
}

TEST_F(StationTest, ABlockThatWasPushedWholeIsNotPolledSoon) {
  ask();
  hear(answer(kHomeData));
  hear(push(1300, kGridData));
  EXPECT_EQ(ask(), -1);
  now += 5s;
  EXPECT_EQ(ask(), 100);
}

TEST_F(StationTest, ItemsBeyondTheCountBecomeAbsent) {
  hear(push(1300, "01f4 0002 0001 08fd 0002 08fd"));
  EXPECT_EQ(value("grid_phase/2/power"), "2");
  hear(push(1300, "01f4 0001 0001 08fd 0002 08fd"));
  EXPECT_EQ(value("grid_phase/2/power"), "");
}

TEST_F(StationTest, IsOfflineAfterThreeMissedAnswersInARow) {
  ask();
  hear(answer(kHomeData));
  for (int miss_number = 1; miss_number <= 3; ++miss_number) {
    EXPECT_TRUE(station.online()) << miss_number;
    EXPECT_NE(ask(), -1);
    miss();
  }
  EXPECT_FALSE(station.online());
  EXPECT_TRUE(went_offline);
  EXPECT_EQ(station.counters().timeouts, 3U);
}

TEST_F(StationTest, IsAskedGentlyWhileOfflineAndWelcomedBack) {
  miss_three();
  now += 59s;
  EXPECT_EQ(ask(), -1);
  now += 1s;
  const Asked asked = ask_range();
  ASSERT_NE(asked, kNothing);
  EXPECT_TRUE(hear(answer(registers_hex(asked.count))).came_online);
  EXPECT_NE(ask(), -1) << "back to its rhythm";
}

TEST_F(StationTest, AWordOfItsOwnEndsTheGentleAsking) {
  miss_three();
  now += 10s;
  EXPECT_EQ(ask(), -1);
  EXPECT_TRUE(hear(push(102, "0040")).came_online);
  EXPECT_NE(ask(), -1);
}

// As when a line that stood still moves again.
TEST_F(StationTest, AnAnswerThatComesTooLateEndsTheGentleAskingToo) {
  miss_three();
  now += 10s;
  EXPECT_EQ(ask(), -1);
  EXPECT_EQ(hear(answer(kHomeData)).dropped, Drop::unasked);
  EXPECT_FALSE(station.online()) << "whatever it says is not believed";
  const Asked asked = ask_range();
  ASSERT_NE(asked, kNothing);
  EXPECT_TRUE(hear(answer(registers_hex(asked.count))).came_online);
}

TEST_F(StationTest, ALostSessionEndsTheWaitingReadAtOnce) {
  EXPECT_EQ(ask(), 100);
  station.session_down(now, "the session ended");
  EXPECT_EQ(hear(answer(kHomeData)).dropped, Drop::unasked);
  station.session_up(now);
  EXPECT_EQ(ask(), 100);
}

TEST_F(StationTest, StaysOnlineThroughAShortLossOfTheSessionOnly) {
  ask();
  hear(answer(kHomeData));
  station.session_down(now, "the session ended");
  now += 9s;
  EXPECT_FALSE(station.tick(now));
  EXPECT_TRUE(station.online());
  EXPECT_EQ(station.next_action(), now + 1s);
  now += 1s;
  EXPECT_TRUE(station.tick(now));
  EXPECT_FALSE(station.online());
}

class PushOnlyStation : public StationFixture {
 protected:
  PushOnlyStation() : StationFixture(test_catalog(), polled(test_catalog(), "TEST", {{100, 0.0}, {1300, 0.0}})) {}
};

TEST_F(PushOnlyStation, IsNeverAskedAndTakesWhatItIsSent) {
  EXPECT_EQ(ask(), -1);
  EXPECT_TRUE(station.went_round());
  EXPECT_TRUE(hear(push(1300, kGridData)).came_online);
  EXPECT_EQ(value("grid_frequency"), "50");
  now += 10min;
  EXPECT_EQ(ask(), -1);
}

TEST_F(PushOnlyStation, IsOfflineAfterALongSilence) {
  hear(push(1300, kGridData));
  EXPECT_EQ(station.next_action(), now + gateway::Station::kPushedStaleAfter);
  now += gateway::Station::kPushedStaleAfter - 1s;
  EXPECT_FALSE(station.tick(now));
  now += 1s;
  EXPECT_TRUE(station.tick(now));
  EXPECT_FALSE(station.online());
  EXPECT_TRUE(hear(push(1300, kGridData)).came_online);
}

}  // namespace
}  // namespace bluetti::test
