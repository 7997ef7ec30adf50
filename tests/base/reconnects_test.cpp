// SPDX-License-Identifier: MIT
#include "gateway/base/reconnects.h"

#include <gtest/gtest.h>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

class ReconnectsTest : public testing::Test {
 protected:
  // The wait without its jitter, which is up to a quarter.
  void expect_wait(Duration wait, Duration base) {
    EXPECT_GE(wait, base);
    EXPECT_LE(wait, base + base / 4);
  }
  Duration lose_after(Duration time, bool taken_over = false) {
    reconnects.connected(now);
    now += time;
    return reconnects.down(false, taken_over, now);
  }

  TimePoint now{1h};
  Reconnects reconnects{1s, 60s, 1};
};

TEST_F(ReconnectsTest, AConnectionThatEndsAtOnceDoesNotShortenTheWait) {
  expect_wait(lose_after(1s), 1s);
  expect_wait(lose_after(1s), 2s);
  (void)lose_after(1s);
  for (int count = 0; count < 10; ++count) (void)lose_after(1s);
  expect_wait(lose_after(1s), 60s);
}

TEST_F(ReconnectsTest, AConnectionThatLastedDoes) {
  for (int count = 0; count < 10; ++count) (void)lose_after(1s);
  expect_wait(lose_after(Reconnects::kProven), 1s);
  EXPECT_FALSE(reconnects.contested());
}

TEST_F(ReconnectsTest, WaitOnlyWhenAllAddressesHaveBeenTried) {
  EXPECT_EQ(reconnects.down(false, false, now, true), Duration::zero());
  EXPECT_EQ(reconnects.down(true, false, now, true), Duration::zero());
  expect_wait(reconnects.down(false, false, now, false), 1s);
  EXPECT_EQ(reconnects.down(false, false, now, true), Duration::zero());
  expect_wait(reconnects.down(false, false, now, false), 2s);
}

TEST_F(ReconnectsTest, WaitForAClientThatTookTheConnectionWhereverItIsFound) {
  reconnects.connected(now);
  expect_wait(reconnects.down(false, true, now += 10min, true), 1s);
}

TEST_F(ReconnectsTest, TriesThatFailDoNotMakeAContest) {
  for (int count = 0; count < 10; ++count) (void)reconnects.down(true, false, now);
  EXPECT_FALSE(reconnects.contested());
}

TEST_F(ReconnectsTest, ConnectionsEndedAtTheirBeginningAgainAndAgainAreContested) {
  (void)lose_after(1s);
  EXPECT_FALSE(reconnects.contested());
  (void)lose_after(1s);
  EXPECT_FALSE(reconnects.contested()) << "twice may be bad luck";
  expect_wait(lose_after(1s), 4s);
  EXPECT_TRUE(reconnects.contested());
  expect_wait(lose_after(1s), 16s);
}

TEST_F(ReconnectsTest, ABrokerThatRestartsAgainAndAgainIsNoContest) {
  for (int restart = 0; restart < 10; ++restart) {
    (void)lose_after(5s);
    EXPECT_FALSE(reconnects.contested()) << "restart " << restart;
    (void)reconnects.down(false, false, now += 1s);  // nobody listens while it restarts
  }
}

TEST_F(ReconnectsTest, ABrokerThatSaysSoIsBelievedTheFirstTime) {
  (void)lose_after(10min, true);
  EXPECT_TRUE(reconnects.contested());
  (void)lose_after(10min);
  EXPECT_FALSE(reconnects.contested());
}

}  // namespace
}  // namespace bluetti::gateway
