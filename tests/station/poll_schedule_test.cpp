// SPDX-License-Identifier: MIT
#include "gateway/station/poll_schedule.h"

#include <gtest/gtest.h>

#include <array>

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

TEST(PollSchedule, WithoutAnIntervalABlockNeverBecomesDue) {
  PollSchedule schedule = two_blocks();
  schedule.add(0s);
  schedule.restart(kStart);
  schedule.retry(2, kStart);
  schedule.done(2, kStart);
  schedule.boost(1s, kStart + 1min);
  schedule.done(0, kStart);
  schedule.done(1, kStart);
  EXPECT_FALSE(schedule.due(kStart));
  EXPECT_EQ(schedule.shortest_interval(), 5s);
  EXPECT_FALSE(schedule.is_polled(2));
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

TEST(PollSchedule, SlowBlocksDoNotFallTogetherEverAfter) {
  PollSchedule schedule;
  for (int block = 0; block < 4; ++block) schedule.add(80s);
  schedule.restart(kStart);
  std::array<TimePoint, 4> second_read{};
  for (std::size_t block = 0; block < 4; ++block) schedule.done(block, kStart);
  for (int read = 0; read < 4; ++read) {
    const TimePoint at = schedule.next();
    const std::size_t block = *schedule.due(at);
    second_read.at(block) = at;
    schedule.done(block, at);
  }
  EXPECT_EQ(second_read, (std::array{kStart + 80s, kStart + 70s, kStart + 60s, kStart + 50s}));
  EXPECT_EQ(schedule.next(), kStart + 130s) << "then at its interval";
}

TEST(PollSchedule, ABackedOffBlockWaitsLongerUntilItIsDone) {
  PollSchedule schedule;
  schedule.add(5s);
  schedule.restart(kStart);
  schedule.back_off(0, 1, kStart);
  EXPECT_EQ(schedule.next(), kStart + 10s);
  schedule.back_off(0, 3, kStart);
  EXPECT_EQ(schedule.next(), kStart + 40s);
  schedule.back_off(0, 99, kStart);
  EXPECT_EQ(schedule.next(), kStart + 160s) << "32 times at most";
  schedule.done(0, kStart + 1s);
  EXPECT_EQ(schedule.next(), kStart + 6s);
}

TEST(PollSchedule, NoBackOffIsLongerThanTenMinutesOrTheIntervalItself) {
  PollSchedule schedule;
  schedule.add(60s);
  schedule.restart(kStart);
  schedule.back_off(0, 5, kStart);
  EXPECT_EQ(schedule.next(), kStart + 10min);
  PollSchedule slow;
  slow.add(1h);
  slow.restart(kStart);
  slow.back_off(0, 5, kStart);
  EXPECT_EQ(slow.next(), kStart + 1h);
}

TEST(PollSchedule, ARetryComesEarlierThanTheInterval) {
  PollSchedule schedule = two_blocks();
  schedule.restart(kStart);
  schedule.done(1, kStart);
  schedule.retry(0, kStart + 1s);
  EXPECT_EQ(schedule.next(), kStart + 1s);
}

TEST(PollSchedule, ABoostPullsInWhatIsSlower) {
  PollSchedule schedule = two_blocks();
  schedule.restart(kStart);
  schedule.done(0, kStart);
  schedule.done(1, kStart);
  schedule.boost(10s, kStart + 1min);
  EXPECT_EQ(schedule.next(), kStart + 5s) << "who is faster stays so";
  schedule.stop(0);
  EXPECT_EQ(schedule.next(), kStart + 10s);
  schedule.done(1, kStart + 10s);
  EXPECT_EQ(schedule.next(), kStart + 20s);
}

TEST(PollSchedule, AfterABoostEachBlockGoesOnAtItsInterval) {
  PollSchedule schedule;
  schedule.add(60s);
  schedule.restart(kStart);
  schedule.done(0, kStart);
  schedule.boost(10s, kStart + 25s);
  schedule.done(0, kStart + 10s);
  schedule.done(0, kStart + 20s);
  EXPECT_EQ(schedule.next(), kStart + 80s);
}

TEST(PollSchedule, ABoostIsNeverFasterThanOnceASecond) {
  PollSchedule schedule = two_blocks();
  schedule.restart(kStart);
  schedule.done(0, kStart);
  schedule.done(1, kStart);
  schedule.boost(10ms, kStart + 1min);
  EXPECT_EQ(schedule.next(), kStart + 1s);
}

TEST(PollSchedule, ABoostDoesNotReviveWhatIsStoppedOrBackedOff) {
  PollSchedule schedule = two_blocks();
  schedule.restart(kStart);
  schedule.stop(0);
  schedule.back_off(1, 1, kStart);
  schedule.boost(1s, kStart + 1h);
  EXPECT_EQ(schedule.next(), kStart + 2min);
}

}  // namespace
}  // namespace bluetti::test
