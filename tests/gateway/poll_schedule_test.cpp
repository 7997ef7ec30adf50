// SPDX-License-Identifier: MIT
#include "gateway/cloud/poll_schedule.h"

#include <gtest/gtest.h>

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::PollSchedule;
using gateway::TimePoint;

constexpr TimePoint kStart{1h};

PollSchedule two_blocks() {
  PollSchedule schedule;
  schedule.add(5s);
  schedule.add(60s);
  return schedule;
}

TEST(PollSchedule, NothingIsDueBeforeASessionBegins) {
  const PollSchedule schedule = two_blocks();
  EXPECT_FALSE(schedule.due(kStart));
  EXPECT_EQ(schedule.next(), TimePoint::max());
}

TEST(PollSchedule, EverythingIsDueAtOnceInTheOrderItWasAdded) {
  PollSchedule schedule = two_blocks();
  schedule.restart(kStart);
  EXPECT_EQ(schedule.due(kStart), 0U);
  schedule.done(0, kStart);
  EXPECT_EQ(schedule.due(kStart), 1U);
  schedule.done(1, kStart);
  EXPECT_FALSE(schedule.due(kStart));
  EXPECT_EQ(schedule.next(), kStart + 5s);
}

TEST(PollSchedule, KeepsItsRhythmWhenAReadTakesTime) {
  PollSchedule schedule = two_blocks();
  schedule.restart(kStart);
  schedule.done(0, kStart + 2s);
  EXPECT_EQ(schedule.next(), kStart);  // the other block
  schedule.done(1, kStart + 2s);
  EXPECT_EQ(schedule.next(), kStart + 5s);
}

TEST(PollSchedule, DoesNotCatchUpWithReadsThatWereMissed) {
  PollSchedule schedule = two_blocks();
  schedule.restart(kStart);
  schedule.done(0, kStart + 30s);
  schedule.done(1, kStart + 30s);
  EXPECT_EQ(schedule.next(), kStart + 35s);
}

TEST(PollSchedule, TheLongestWaitingGoesFirst) {
  PollSchedule schedule;
  schedule.add(10s);
  schedule.add(3s);
  schedule.restart(kStart);
  schedule.done(0, kStart);
  schedule.done(1, kStart);
  EXPECT_EQ(schedule.due(kStart + 11s), 1U);
}

TEST(PollSchedule, AStoppedBlockWaitsForTheNextSession) {
  PollSchedule schedule = two_blocks();
  schedule.restart(kStart);
  schedule.stop(0);
  schedule.done(0, kStart);
  EXPECT_EQ(schedule.due(kStart), 1U);
  schedule.restart(kStart + 1s);
  EXPECT_EQ(schedule.due(kStart + 1s), 0U);
}

}  // namespace
}  // namespace bluetti::test
