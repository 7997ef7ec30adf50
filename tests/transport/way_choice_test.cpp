// SPDX-License-Identifier: MIT
#include "gateway/transport/way_choice.h"

#include <gtest/gtest.h>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;
using schemas::Way;

class WayChoiceTest : public testing::Test {
 protected:
  void both_up() {
    choice.up(Way::lan, now);
    choice.up(Way::cloud, now);
    choice.on_answer();
  }
  void turn_to_cloud() {
    both_up();
    for (int miss = 0; miss < WayChoice::kMissesUntilNext; ++miss) choice.on_miss();
    ASSERT_TRUE(choice.tick(now));
    ASSERT_EQ(choice.current(), Way::cloud);
  }
  // Lets time pass; probes of the better way are answered or not. True: another way is used now.
  bool pass(Duration time, bool answered) {
    for (const TimePoint end = now + time; now < end;) {
      now += 500ms;
      if (const auto way = choice.next_probe(now); way && answered) choice.on_probe_answer(*way, now);
      if (choice.tick(now)) return true;
    }
    return false;
  }

  TimePoint now{1h};
  WayChoice choice{{Way::lan, Way::cloud}};
};

TEST_F(WayChoiceTest, UsesTheFirstWayToBeginWith) {
  EXPECT_EQ(choice.current(), Way::lan);
  EXPECT_FALSE(choice.tick(now));
}

TEST_F(WayChoiceTest, TurnsToTheNextWayAfterThreeMisses) {
  both_up();
  choice.on_miss();
  choice.on_miss();
  EXPECT_FALSE(choice.tick(now));
  choice.on_miss();
  EXPECT_TRUE(choice.tick(now));
  EXPECT_EQ(choice.current(), Way::cloud);
}

TEST_F(WayChoiceTest, AnAnswerForgivesMisses) {
  both_up();
  choice.on_miss();
  choice.on_miss();
  choice.on_answer();
  choice.on_miss();
  EXPECT_FALSE(choice.tick(now));
}

TEST_F(WayChoiceTest, StaysWhereNoOtherWayIsThere) {
  choice.up(Way::lan, now);
  choice.on_answer();
  for (int miss = 0; miss < 10; ++miss) choice.on_miss();
  EXPECT_FALSE(choice.tick(now));
  choice.up(Way::cloud, now);
  EXPECT_TRUE(choice.tick(now));
}

TEST_F(WayChoiceTest, AtTheStartOneFailureIsEnoughIfAnotherWayIsThere) {
  choice.up(Way::cloud, now);
  EXPECT_FALSE(choice.tick(now));
  choice.down(Way::lan);
  EXPECT_TRUE(choice.tick(now));
}

TEST_F(WayChoiceTest, TurnsBackWhenTheBetterWayHasAnsweredForAWhile) {
  turn_to_cloud();
  EXPECT_FALSE(pass(13s, true));
  EXPECT_TRUE(pass(15s, true));
  EXPECT_EQ(choice.current(), Way::lan);
}

TEST_F(WayChoiceTest, DoesNotTurnBackToAWayThatIsConnectedAndSilent) {
  turn_to_cloud();
  EXPECT_FALSE(pass(10min, false));
}

TEST_F(WayChoiceTest, AProbeThatIsNotAnsweredBeginsTheWhileAnew) {
  turn_to_cloud();
  EXPECT_FALSE(pass(15s, true));
  EXPECT_FALSE(pass(7s, false));
  EXPECT_FALSE(pass(13s, true));
  EXPECT_TRUE(pass(10s, true));
}

TEST_F(WayChoiceTest, ALateAnswerToAProbeDoesNotCount) {
  turn_to_cloud();
  now += 10s;
  const auto way = choice.next_probe(now);
  ASSERT_EQ(way, Way::lan);
  now += 6s;
  EXPECT_FALSE(choice.tick(now));
  for (int answer = 0; answer < 5; ++answer) choice.on_probe_answer(Way::lan, now);
  EXPECT_FALSE(choice.tick(now));
}

TEST_F(WayChoiceTest, TheWorseWayIsNotProbed) {
  both_up();
  now += 1h;
  EXPECT_FALSE(choice.next_probe(now).has_value());
  EXPECT_EQ(choice.next_action(), TimePoint::max());
}

}  // namespace
}  // namespace bluetti::gateway
