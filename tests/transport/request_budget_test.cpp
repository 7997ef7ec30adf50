// SPDX-License-Identifier: MIT
#include "gateway/transport/request_budget.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::RequestBudget;
using gateway::StationHandle;
using gateway::TimePoint;
using gateway::TurnQueue;

constexpr TimePoint kStart{1h};

// Sends as fast as it may for this long; the times of the requests.
std::vector<TimePoint> greedy(RequestBudget& budget, gateway::Duration time) {
  std::vector<TimePoint> sent;
  for (TimePoint now = kStart; now < kStart + time; now = std::max(now, budget.next(now))) {
    if (budget.take(now)) sent.push_back(now);
  }
  return sent;
}

std::ptrdiff_t in_the_busiest_minute(const std::vector<TimePoint>& sent) {
  std::ptrdiff_t most = 0;
  for (auto first = sent.begin(); first != sent.end(); ++first) {
    most = std::max(most, std::lower_bound(first, sent.end(), *first + 1min) - first);
  }
  return most;
}

TEST(RequestBudget, NoMinuteHoldsMoreRequestsThanTheBudget) {
  for (const int per_minute : {1, 2, 11, 12, 60, 300, 1000}) {
    RequestBudget budget(per_minute);
    EXPECT_EQ(in_the_busiest_minute(greedy(budget, 5min)), per_minute);
  }
}

TEST(RequestBudget, AFewMayGoAtOnceAndTheRestEvenly) {
  RequestBudget budget(300);
  int burst = 0;
  while (budget.take(kStart)) ++burst;
  EXPECT_EQ(burst, 25);
  const TimePoint next = budget.next(kStart);
  EXPECT_GT(next, kStart + 200ms);
  EXPECT_LT(next, kStart + 220ms);
  EXPECT_FALSE(budget.take(next - 1ns));
  EXPECT_TRUE(budget.take(next));
  EXPECT_FALSE(budget.take(next));
}

TEST(RequestBudget, WhatWasNotUsedComesBackUpToOneBurst) {
  RequestBudget budget(300);
  while (budget.take(kStart)) continue;
  int burst = 0;
  while (budget.take(kStart + 1h)) ++burst;
  EXPECT_EQ(burst, 25);
}

TEST(RequestBudget, MeasuresTheLastMinute) {
  RequestBudget budget(60);
  EXPECT_EQ(budget.measured(kStart), 0);
  EXPECT_TRUE(budget.take(kStart));
  EXPECT_TRUE(budget.take(kStart + 30s));
  EXPECT_EQ(budget.measured(kStart + 30s), 2);
  EXPECT_EQ(budget.measured(kStart + 59s), 2);
  EXPECT_EQ(budget.measured(kStart + 60s), 1);
  EXPECT_EQ(budget.measured(kStart + 90s), 0);
}

TEST(RequestBudget, ARefusedRequestCostsNothing) {
  RequestBudget budget(1);
  EXPECT_TRUE(budget.take(kStart));
  for (int second = 1; second < 60; ++second) EXPECT_FALSE(budget.take(kStart + 1s * second));
  EXPECT_EQ(budget.measured(kStart + 59s), 1);
  EXPECT_TRUE(budget.take(kStart + 61s));
}

TEST(TurnQueue, FirstComeFirstServed) {
  TurnQueue queue;
  for (const std::uint32_t station : {7U, 2U, 5U}) queue.join(StationHandle{station}, false);
  EXPECT_EQ(queue.take(), StationHandle{7});
  EXPECT_EQ(queue.take(), StationHandle{2});
  EXPECT_EQ(queue.take(), StationHandle{5});
  EXPECT_EQ(queue.take(), std::nullopt);
}

TEST(TurnQueue, NobodyStandsInItTwice) {
  TurnQueue queue;
  queue.join(StationHandle{1}, false);
  queue.join(StationHandle{2}, false);
  queue.join(StationHandle{1}, false);
  EXPECT_EQ(queue.take(), StationHandle{1});
  queue.join(StationHandle{1}, false);
  EXPECT_EQ(queue.take(), StationHandle{2});
  EXPECT_EQ(queue.take(), StationHandle{1});
  EXPECT_TRUE(queue.empty());
}

TEST(TurnQueue, OneThatAlwaysWantsMoreDoesNotStarveTheOthers) {
  RequestBudget budget(60);
  TurnQueue queue;
  std::array<int, 3> sent{};
  for (TimePoint now = kStart; now < kStart + 10min; now += 100ms) {
    for (std::uint32_t station = 0; station < sent.size(); ++station) queue.join(StationHandle{station}, false);
    while (!queue.empty() && budget.take(now)) ++sent.at(queue.take()->number);
  }
  EXPECT_LE(std::ranges::max(sent) - std::ranges::min(sent), 1);
}

TEST(TurnQueue, WhatSomebodyWaitsForDoesNotStandBehindAllPolls) {
  TurnQueue queue;
  for (const std::uint32_t station : {1U, 2U, 3U}) queue.join(StationHandle{station}, false);
  queue.join(StationHandle{3}, true);
  EXPECT_EQ(queue.take(), StationHandle{3});
  EXPECT_EQ(queue.take(), StationHandle{1});
  EXPECT_EQ(queue.take(), StationHandle{2});
  EXPECT_EQ(queue.take(), StationHandle{3}) << "it has not lost its place for its polls";
  EXPECT_TRUE(queue.empty());
}

TEST(TurnQueue, WhatSomebodyWaitsForTakesEverySecondTurnAtMost) {
  TurnQueue queue;
  for (int turn = 0; turn < 6; ++turn) {
    queue.join(StationHandle{9}, true);
    queue.join(StationHandle{1}, false);
    EXPECT_EQ(queue.take(), StationHandle{turn % 2 == 0 ? 9U : 1U});
  }
}

TEST(TurnQueue, AClearedQueueForgetsWhoWaited) {
  TurnQueue queue;
  queue.join(StationHandle{3}, false);
  queue.join(StationHandle{4}, true);
  queue.clear();
  EXPECT_TRUE(queue.empty());
  queue.join(StationHandle{3}, false);
  EXPECT_EQ(queue.take(), StationHandle{3});
}

}  // namespace
}  // namespace bluetti::test
