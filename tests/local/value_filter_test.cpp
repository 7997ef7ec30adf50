// SPDX-License-Identifier: MIT
#include "gateway/local/value_filter.h"

#include <gtest/gtest.h>

#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::ValueFilter;

class ValueFilterTest : public testing::Test {
 protected:
  ValueFilterTest() {
    field.name = "power";
    field.unit = "W";
    slot.field = &field;
    slot.path = "ac_output_power";
  }
  static schemas::Value watts(std::int64_t number) {
    schemas::Value value;
    value.set_decimal(number, 0);
    return value;
  }
  static schemas::Value absent() {
    schemas::Value value;
    value.kind = schemas::ValueKind::absent;
    return value;
  }
  bool passes(ValueFilter& filter, const schemas::Value& value) {
    return filter.passes(place, slot, value, clock.now());
  }

  HandClock clock;
  schemas::Field field;
  schemas::Slot slot;
  ValueFilter::Place place{{1}, 0, 0};
};

TEST_F(ValueFilterTest, WithoutWishesEveryChangePasses) {
  ValueFilter filter({});
  EXPECT_TRUE(passes(filter, watts(100)));
  EXPECT_TRUE(passes(filter, watts(101)));
}

TEST_F(ValueFilterTest, AChangeBelowTheDeadBandIsMeasuredFromWhatWasToldLast) {
  ValueFilter filter({.dead_band = {{"W", 5}}, .min_interval = {}});
  EXPECT_TRUE(passes(filter, watts(100)));
  EXPECT_FALSE(passes(filter, watts(104)));
  EXPECT_FALSE(passes(filter, watts(96)));
  EXPECT_TRUE(passes(filter, watts(105)));
  EXPECT_FALSE(passes(filter, watts(101)));
}

TEST_F(ValueFilterTest, AFieldsNameBeatsItsUnit) {
  ValueFilter filter({.dead_band = {{"W", 50}, {"power", 2}}, .min_interval = {}});
  EXPECT_TRUE(passes(filter, watts(100)));
  EXPECT_TRUE(passes(filter, watts(102)));
}

TEST_F(ValueFilterTest, ATopicsPathBeatsTheFieldsName) {
  ValueFilter filter({.dead_band = {{"power", 50}, {"ac_output_power", 2}}, .min_interval = {}});
  EXPECT_TRUE(passes(filter, watts(100)));
  EXPECT_TRUE(passes(filter, watts(102)));
}

TEST_F(ValueFilterTest, AQuickChangeIsHeldAndComesOutWhenItsTimeHasCome) {
  ValueFilter filter({.dead_band = {}, .min_interval = {{"W", 10}}});
  EXPECT_TRUE(passes(filter, watts(100)));
  clock.advance(2s);
  EXPECT_FALSE(passes(filter, watts(200)));
  EXPECT_EQ(filter.next() - clock.now(), 8s);
  EXPECT_TRUE(filter.take_due(clock.now()).empty());
  clock.advance(8s);
  EXPECT_EQ(filter.take_due(clock.now()), std::vector{place});
  EXPECT_TRUE(passes(filter, watts(200)));
  EXPECT_EQ(filter.next(), gateway::TimePoint::max());
}

TEST_F(ValueFilterTest, AHeldChangeThatGoesBackIsNotTold) {
  ValueFilter filter({.dead_band = {{"W", 5}}, .min_interval = {{"W", 10}}});
  EXPECT_TRUE(passes(filter, watts(100)));
  EXPECT_FALSE(passes(filter, watts(200)));
  EXPECT_FALSE(passes(filter, watts(101)));
  clock.advance(10s);
  EXPECT_TRUE(filter.take_due(clock.now()).empty());
}

TEST_F(ValueFilterTest, ComingAndGoingIsToldAtOnce) {
  ValueFilter filter({.dead_band = {{"W", 5000}}, .min_interval = {{"W", 1000}}});
  EXPECT_TRUE(passes(filter, watts(100)));
  EXPECT_TRUE(passes(filter, absent()));
  EXPECT_TRUE(passes(filter, watts(101)));
}

TEST_F(ValueFilterTest, ARefreshCountsAsTold) {
  ValueFilter filter({.dead_band = {{"W", 5}}, .min_interval = {}});
  filter.told(place, slot, watts(100), clock.now());
  EXPECT_FALSE(passes(filter, watts(104)));
}

const gateway::PublishConfig kByDefault{
    .dead_band = {},
    .min_interval = {},
    .defaults = {{.unit = "W", .dead_band = 5, .relative = 0.01, .min_interval = 30}}};

TEST_F(ValueFilterTest, TheGreaterOfTheTwoDefaultDeadBandsHolds) {
  ValueFilter filter(kByDefault);
  EXPECT_TRUE(passes(filter, watts(2000)));
  clock.advance(1min);
  EXPECT_FALSE(passes(filter, watts(2019)));
  EXPECT_TRUE(passes(filter, watts(2020)));
  clock.advance(1min);
  EXPECT_TRUE(passes(filter, watts(100)));
  clock.advance(1min);
  EXPECT_FALSE(passes(filter, watts(104)));
}

TEST_F(ValueFilterTest, AJumpDoesNotWaitForTheDefaultInterval) {
  ValueFilter filter(kByDefault);
  EXPECT_TRUE(passes(filter, watts(100)));
  EXPECT_FALSE(passes(filter, watts(140))) << "held";
  EXPECT_TRUE(passes(filter, watts(150)));
  EXPECT_EQ(filter.take_due(clock.advance(31s)).size(), 0U) << "what was held is of the past";
}

TEST_F(ValueFilterTest, WhatTheUserSaysReplacesTheDefault) {
  gateway::PublishConfig config = kByDefault;
  config.dead_band = {{"power", 1}};
  config.min_interval = {{"W", 0}};
  ValueFilter filter(config);
  EXPECT_TRUE(passes(filter, watts(2000)));
  EXPECT_TRUE(passes(filter, watts(2001)));
}

}  // namespace
}  // namespace bluetti::test
