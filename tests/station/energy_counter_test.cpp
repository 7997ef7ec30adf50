// SPDX-License-Identifier: MIT
// Which readings of an energy counter are believed.
#include "gateway/station/energy_counter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

class Counter : public testing::Test {
 protected:
  // A reading so long after the one before it.
  EnergyCounter::Verdict judge(double reading, Duration later = 10s) { return counter.judge(reading, now += later); }
  bool believes(double reading, Duration later = 10s) {
    const auto verdict = judge(reading, later);
    return verdict == EnergyCounter::Verdict::believed || verdict == EnergyCounter::Verdict::cycle_begun;
  }

  EnergyCounter counter;
  TimePoint now{1h};
};

TEST_F(Counter, ARisingOneIsBelieved) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_TRUE(believes(1234.0));
  EXPECT_TRUE(believes(1234.1));
  EXPECT_EQ(counter.shown(), 1234.1);
}

TEST_F(Counter, OneReadingOfZeroIsNotBelieved) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_FALSE(believes(0));
  EXPECT_EQ(counter.shown(), 1234.0);
  EXPECT_TRUE(believes(1234.1));
}

TEST_F(Counter, AStepBackwardsIsNotBelieved) {
  EXPECT_TRUE(believes(1234.1));
  EXPECT_FALSE(believes(1234.0));
  EXPECT_TRUE(believes(1234.1));
  EXPECT_FALSE(believes(1234.0)) << "the doubt before is forgotten";
}

TEST_F(Counter, AResetIsBelievedWhenItIsBorneOut) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_FALSE(believes(0));
  EXPECT_TRUE(believes(0.1)) << "it counts up from zero";
  EXPECT_EQ(counter.shown(), 0.1);
  EXPECT_TRUE(believes(0.2));
}

TEST_F(Counter, ReadingsThatContradictEachOtherBearNothingOut) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_FALSE(believes(700));
  EXPECT_FALSE(believes(3));
  EXPECT_FALSE(believes(700));
  EXPECT_EQ(counter.shown(), 1234.0);
}

TEST_F(Counter, ReadingsInQuickSuccessionAreAsGoodAsOne) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_FALSE(believes(0));
  EXPECT_FALSE(believes(0, 0s)) << "the same answer once more";
  EXPECT_FALSE(believes(0, 4s));
  EXPECT_TRUE(believes(0, 1s));
}

TEST_F(Counter, ALeapThatNoPowerExplainsHasToBeBorneOut) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_FALSE(believes(429496729.5));
  EXPECT_TRUE(believes(1234.1));
  EXPECT_FALSE(believes(5000));
  EXPECT_TRUE(believes(5000.1));
}

TEST_F(Counter, ALongPauseExplainsALeap) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_TRUE(believes(1334.0, 1h)) << "100 kW";
  EXPECT_FALSE(believes(1534.0, 1h));
}

TEST_F(Counter, ALumpIsMeasuredByTheTimeSinceTheOneBefore) {
  EXPECT_TRUE(believes(10));
  for (int minute = 0; minute < 60; ++minute) EXPECT_TRUE(believes(10, 1min));
  EXPECT_TRUE(believes(15, 10s)) << "5 kWh of an hour, written at once";
}

TEST_F(Counter, AfterARestartItGoesOnFromWhereItStood) {
  counter.restore({.reading = 1234.1});
  EXPECT_EQ(counter.shown(), 1234.1);
  EXPECT_FALSE(believes(0));
  EXPECT_FALSE(believes(1234.0));
  EXPECT_TRUE(believes(1234.1));
}

TEST_F(Counter, HowLongARestartTookIsNotKnownSoAnyRiseIsBelieved) {
  counter.restore({.reading = 1234.1});
  EXPECT_TRUE(believes(9999));
  EXPECT_FALSE(believes(99999)) << "from then on it is";
}

TEST_F(Counter, AResetDuringTheRestartIsBelievedWhenItIsBorneOut) {
  counter.restore({.reading = 1234.1});
  EXPECT_FALSE(believes(2));
  EXPECT_TRUE(believes(2));
}

// Home Assistant's rule: less than nine tenths of the value before is a reset, and the energy since then is the value.
class EnergyDashboard {
 public:
  void see(double value) {
    if (last_) sum_ += value < 0.9 * *last_ ? value : value - *last_;
    last_ = value;
  }
  [[nodiscard]] double sum() const { return sum_; }

 private:
  std::optional<double> last_;
  double sum_ = 0;
};

TEST_F(Counter, ASmallFallIsHeldUntilItIsPassedAgain) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_EQ(judge(1231.7), EnergyCounter::Verdict::held);
  for (int hour = 0; hour < 20; ++hour) {
    EXPECT_EQ(judge(1231.7 + 0.1 * hour, 1h), EnergyCounter::Verdict::doubted);
    EXPECT_EQ(counter.shown(), 1234.0);
  }
  EXPECT_TRUE(believes(1234.1, 1h));
  EXPECT_EQ(counter.shown(), 1234.1);
}

TEST_F(Counter, ASmallFallThatLastsADayBeginsACycleAtZero) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_FALSE(believes(1200.0));
  EXPECT_FALSE(believes(1205.0, 23h));
  EXPECT_EQ(judge(1206.5, 1h), EnergyCounter::Verdict::cycle_begun);
  EXPECT_DOUBLE_EQ(*counter.shown(), 6.5) << "what was counted while it was held is not lost";
  EXPECT_TRUE(believes(1207.0, 1h));
  EXPECT_DOUBLE_EQ(*counter.shown(), 7.0);
}

TEST_F(Counter, WhatHomeAssistantSumsUpOverSmallFallsIsTheTrueEnergy) {
  EnergyDashboard dashboard;
  double truth = 0;
  double station = 1000;
  for (int hour = 0; hour < 24 * 30; ++hour) {
    const double produced = hour % 24 < 12 ? 0.5 : 0;
    truth += hour == 0 ? 0 : produced;
    station += produced;
    if (hour == 100 || hour == 300) station -= 40;
    (void)judge(station, 1h);
    dashboard.see(*counter.shown());
  }
  EXPECT_NEAR(dashboard.sum(), truth, 2 * 0.5) << "but for the hour of each fall";
}

TEST_F(Counter, ACounterThatTremblesIsHeldAtItsHighest) {
  EXPECT_TRUE(believes(50.0));
  for (int minute = 0; minute < 3000; ++minute) {
    (void)judge(minute % 2 == 0 ? 49.9 : 50.0, 1min);
    EXPECT_EQ(counter.shown(), 50.0);
  }
}

TEST_F(Counter, AResetWithinACycleIsShownAsItIsWhereThatIsLower) {
  counter.restore({.reading = 1200.0, .cycle_start = 1100.0, .fell_to = {}});
  EXPECT_EQ(counter.shown(), 100.0);
  EXPECT_FALSE(believes(0.5));
  EXPECT_TRUE(believes(0.6));
  EXPECT_DOUBLE_EQ(*counter.shown(), 0.6);
}

TEST_F(Counter, AResetToMoreThanACycleHasCountedBeginsAnother) {
  counter.restore({.reading = 1200.0, .cycle_start = 1199.0, .fell_to = {}});
  EXPECT_FALSE(believes(300.0));
  EXPECT_EQ(judge(300.2), EnergyCounter::Verdict::cycle_begun);
  EXPECT_NEAR(*counter.shown(), 0.2, 1e-9) << "1 to 300.2 would be energy that nobody had";
}

TEST_F(Counter, AHeldCounterIsHeldOverARestart) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_FALSE(believes(1200.0));
  EnergyCounter next;
  next.restore(*counter.memory());
  EXPECT_EQ(next.judge(1203.0, now += 1h), EnergyCounter::Verdict::doubted) << "it was said before";
  EXPECT_EQ(next.shown(), 1234.0);
  EXPECT_EQ(next.judge(1204.0, now += 24h), EnergyCounter::Verdict::cycle_begun);
  EXPECT_DOUBLE_EQ(*next.shown(), 4.0);
}

TEST_F(Counter, ACycleGoesOnAfterARestart) {
  counter.restore({.reading = 1205.0, .cycle_start = 1200.0, .fell_to = {}});
  EXPECT_TRUE(believes(1206.0));
  EXPECT_DOUBLE_EQ(*counter.shown(), 6.0);
}

// One station, whose two ways count it differently, or not.
class TwoCounters : public testing::Test {
 protected:
  // By this way now; returns what is shown after two polls.
  double turn_to(EnergyCounter& way, Duration after = 20s) {
    const double before = *shown_by->shown();
    way.take_over(before, now);
    now += after;
    shown_by = &way;
    poll();
    return poll();
  }
  double poll() {
    (void)shown_by->judge(shown_by == &lan ? lan_reading() : cloud_reading(), now += 30s);
    return *shown_by->shown();
  }
  [[nodiscard]] double lan_reading() const { return energy + lan_start; }
  [[nodiscard]] double cloud_reading() const { return energy + cloud_start; }

  void SetUp() override { poll(); }

  TimePoint now{1h};
  double energy = 100;
  double lan_start = 0;
  double cloud_start = 0;
  EnergyCounter lan;
  EnergyCounter cloud;
  EnergyCounter* shown_by = &lan;
};

TEST_F(TwoCounters, ThatAgreeLoseNothingOfWhatFlowsWhileTheWayChanges) {
  turn_to(cloud);
  for (int turn = 0; turn < 500; ++turn) {
    energy += 0.1;
    EXPECT_NEAR(turn_to(turn % 2 == 0 ? lan : cloud), energy, 1e-6);
  }
}

TEST_F(TwoCounters, OfWhichOneIsAheadOrBehindMakeNoStep) {
  for (const double start : {57.3, 0.1, 0.5, -0.1, -0.5, -40.0, -99.0}) {
    SCOPED_TRACE(start);
    lan = cloud = EnergyCounter();
    shown_by = &lan;
    cloud_start = start;
    poll();
    for (int turn = 0; turn < 100; ++turn) {
      EXPECT_DOUBLE_EQ(turn_to(cloud), 100);
      EXPECT_DOUBLE_EQ(turn_to(lan), 100);
    }
  }
}

TEST_F(TwoCounters, OfWhichOneIsAheadGoOnTogether) {
  cloud_start = 57.3;
  turn_to(cloud);
  for (int turn = 0; turn < 500; ++turn) {
    energy += 0.1;
    EXPECT_NEAR(turn_to(turn % 2 == 0 ? lan : cloud), energy, 1e-6);
  }
}

TEST_F(TwoCounters, ThatRoundDifferentlyNeitherFallNorGainByIt) {
  turn_to(cloud);
  double before = 100;
  const double true_start = energy;
  double true_energy = energy;
  for (int turn = 0; turn < 2000; ++turn) {
    true_energy += 0.037;
    const bool is_lan = turn % 2 == 0;
    energy = is_lan ? std::floor(true_energy * 10) / 10 : std::ceil(true_energy * 10) / 10;
    const double shown = turn_to(is_lan ? lan : cloud);
    EXPECT_GE(shown, before - 1e-9);
    before = shown;
  }
  EXPECT_NEAR(before - 100, true_energy - true_start, 0.2);
}

TEST_F(TwoCounters, AGlitchIsNotTakenForTheDistanceOfTheCounters) {
  cloud.take_over(*lan.shown(), now);
  EXPECT_NE(cloud.judge(0, now += 30s), EnergyCounter::Verdict::believed);
  EXPECT_NE(cloud.judge(157.3, now += 30s), EnergyCounter::Verdict::believed);
  EXPECT_EQ(cloud.judge(157.3, now += 30s), EnergyCounter::Verdict::believed);
  EXPECT_DOUBLE_EQ(*cloud.shown(), 100);
}

TEST_F(TwoCounters, TheDistanceOutlivesARestart) {
  cloud_start = 57.3;
  turn_to(cloud);
  const auto memory = *cloud.memory();
  EnergyCounter after;  // of the local network
  after.restore(memory);
  after.restore_start(*lan.start());
  EXPECT_DOUBLE_EQ(*after.shown(), 100);
  EXPECT_EQ(after.judge(100.2, now += 30s), EnergyCounter::Verdict::believed);
  EXPECT_DOUBLE_EQ(*after.shown(), 100.2);
}

}  // namespace
}  // namespace bluetti::gateway
