// SPDX-License-Identifier: MIT
#include "gateway/local/clears.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::Clears;
using testing::ElementsAre;
using testing::IsEmpty;

class ClearsTest : public testing::Test {
 protected:
  void hand_over_all() {
    while (clears.next()) clears.handed_over();
  }

  Clears::Topics state;
  Clears clears{state};
  gateway::TimePoint now{1h};
};

TEST_F(ClearsTest, StayInTheStateUntilTheBrokerHasHadTimeToTakeThem) {
  clears.add({"bluetti/one/soc", "bluetti/one/power"});
  hand_over_all();
  clears.tick(now);
  EXPECT_FALSE(clears.any_unsent());
  clears.tick(now + 29s);
  EXPECT_EQ(state.size(), 2U);
  clears.tick(clears.next_action());
  EXPECT_THAT(state, IsEmpty());
}

TEST_F(ClearsTest, AreHandedOverAgainAfterALostConnection) {
  clears.add({"bluetti/one/soc"});
  hand_over_all();
  clears.tick(now);
  clears.on_down();
  ASSERT_NE(clears.next(), nullptr);
  EXPECT_EQ(*clears.next(), "bluetti/one/soc");
  clears.tick(now + 1h);
  EXPECT_THAT(state, ElementsAre("bluetti/one/soc"));
}

TEST_F(ClearsTest, OfAnEarlierRunAreHandedOver) {
  state = {"bluetti/one/soc"};
  const Clears next_run(state);
  ASSERT_NE(next_run.next(), nullptr);
  EXPECT_EQ(*next_run.next(), "bluetti/one/soc");
}

TEST_F(ClearsTest, ATopicThatHoldsSomethingAgainIsLeftAlone) {
  clears.add({"bluetti/one/soc", "bluetti/one/power"});
  EXPECT_TRUE(clears.take_changed());
  clears.keep("bluetti/one/soc");
  EXPECT_TRUE(clears.take_changed());
  EXPECT_THAT(state, ElementsAre("bluetti/one/power"));
  hand_over_all();
  clears.on_down();
  EXPECT_EQ(*clears.next(), "bluetti/one/power");
}

}  // namespace
}  // namespace bluetti::test
