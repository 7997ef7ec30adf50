// SPDX-License-Identifier: MIT
#include "gateway/base/retry_policy.h"

#include <gtest/gtest.h>

#include "gateway/base/backoff.h"

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;

TEST(RetryPolicy, GrowsByItsFactorUpToTheLongestDelay) {
  const RetryPolicy policy{.attempts = 9, .initial_delay = 100ms, .factor = 1.5, .longest_delay = 300ms};
  EXPECT_EQ(policy.delay_after(1), 100ms);
  EXPECT_EQ(policy.delay_after(2), 150ms);
  EXPECT_EQ(policy.delay_after(3), 225ms);
  EXPECT_EQ(policy.delay_after(4), 300ms);
  EXPECT_EQ(policy.delay_after(1'000'000), 300ms);
  EXPECT_EQ((RetryPolicy{.factor = 1}).delay_after(50), 500ms);
}

TEST(RetryPolicy, AddsUpToItsJitter) {
  const RetryPolicy policy{.initial_delay = 1s, .jitter = 0.5};
  EXPECT_EQ(policy.delay_after(1, 0), 1s);
  EXPECT_EQ(policy.delay_after(1, 1), 1500ms);
}

TEST(RetryPolicy, KnowsWhatMakesNoSense) {
  EXPECT_TRUE(RetryPolicy().is_valid());
  EXPECT_FALSE(RetryPolicy{.attempts = 0}.is_valid());
  EXPECT_FALSE(RetryPolicy{.factor = 0.5}.is_valid());
  EXPECT_FALSE((RetryPolicy{.initial_delay = 6s, .longest_delay = 5s}).is_valid());
  EXPECT_FALSE(RetryPolicy{.jitter = 2}.is_valid());
}

TEST(Backoff, ARefusalCountsDouble) {
  RetryPolicy policy = gateway::reconnect_policy(1s, 60s, 3);
  policy.jitter = 0;
  gateway::Backoff backoff(policy, 1);
  EXPECT_EQ(backoff.next(), 1s);
  EXPECT_EQ(backoff.next(true), 3s);
  EXPECT_EQ(backoff.next(), 27s);
  EXPECT_EQ(backoff.next(), 60s);
  backoff.reset();
  EXPECT_EQ(backoff.next(), 1s);
}

}  // namespace
}  // namespace bluetti::test
