// SPDX-License-Identifier: MIT
// Which readings of an energy counter are believed.
#include "gateway/station/energy_counter.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace bluetti::gateway
