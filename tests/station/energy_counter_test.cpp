// SPDX-License-Identifier: MIT
// Which readings of an energy counter are believed.
#include "gateway/station/energy_counter.h"

#include <gtest/gtest.h>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

class Counter : public testing::Test {
 protected:
  // A reading so long after the one before it.
  bool believes(double reading, Duration later = 10s) { return counter.believes(reading, now += later); }

  EnergyCounter counter;
  TimePoint now{1h};
};

TEST_F(Counter, ARisingOneIsBelieved) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_TRUE(believes(1234.0));
  EXPECT_TRUE(believes(1234.1));
  EXPECT_EQ(counter.reading(), 1234.1);
}

TEST_F(Counter, OneReadingOfZeroIsNotBelieved) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_FALSE(believes(0));
  EXPECT_EQ(counter.reading(), 1234.0);
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
  EXPECT_EQ(counter.reading(), 0.1);
  EXPECT_TRUE(believes(0.2));
}

TEST_F(Counter, ReadingsThatContradictEachOtherBearNothingOut) {
  EXPECT_TRUE(believes(1234.0));
  EXPECT_FALSE(believes(700));
  EXPECT_FALSE(believes(3));
  EXPECT_FALSE(believes(700));
  EXPECT_EQ(counter.reading(), 1234.0);
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
  counter.restore(1234.1);
  EXPECT_EQ(counter.reading(), 1234.1);
  EXPECT_FALSE(believes(0));
  EXPECT_FALSE(believes(1234.0));
  EXPECT_TRUE(believes(1234.1));
}

TEST_F(Counter, HowLongARestartTookIsNotKnownSoAnyRiseIsBelieved) {
  counter.restore(1234.1);
  EXPECT_TRUE(believes(9999));
  EXPECT_FALSE(believes(99999)) << "from then on it is";
}

TEST_F(Counter, AResetDuringTheRestartIsBelievedWhenItIsBorneOut) {
  counter.restore(1234.1);
  EXPECT_FALSE(believes(2));
  EXPECT_TRUE(believes(2));
}

}  // namespace
}  // namespace bluetti::gateway
