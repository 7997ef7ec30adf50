// SPDX-License-Identifier: MIT
#include "gateway/daemon/restart_limit.h"

#include <gtest/gtest.h>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(RestartLimit, TheFirstRestartIsAtOnce) {
  RestartLimit limit;
  EXPECT_EQ(limit.next(), TimePoint::max());
  EXPECT_FALSE(limit.take(kStart));
  EXPECT_EQ(limit.ask(kStart), 0s);
  EXPECT_TRUE(limit.take(kStart));
  EXPECT_FALSE(limit.take(kStart)) << "once";
}

TEST(RestartLimit, ThreeHundredWishesInSixSecondsAreTwoRestarts) {
  RestartLimit limit;
  int restarts = 0;
  TimePoint now = kStart;
  for (int wish = 0; wish < 300; ++wish, now += 20ms) {
    static_cast<void>(limit.ask(now));
    restarts += limit.take(now) ? 1 : 0;
  }
  EXPECT_EQ(restarts, 1);
  EXPECT_EQ(limit.next(), kStart + 60s);
  for (; now < kStart + 10min; now += 1s) restarts += limit.take(now) ? 1 : 0;
  EXPECT_EQ(restarts, 2);
}

TEST(RestartLimit, SaysHowLongAWishWaits) {
  RestartLimit limit;
  static_cast<void>(limit.ask(kStart));
  ASSERT_TRUE(limit.take(kStart));
  EXPECT_EQ(limit.ask(kStart + 17s), 43s);
  EXPECT_FALSE(limit.take(kStart + 59s));
  EXPECT_TRUE(limit.take(kStart + 60s));
}

}  // namespace
}  // namespace bluetti::gateway
