// SPDX-License-Identifier: MIT
#include "gateway/station/clock_drift.h"

#include <gtest/gtest.h>

#include "tests/support/station_fixture.h"

namespace bluetti::test {
namespace {

using gateway::clock_drift;
using std::chrono::sys_days;
using namespace std::chrono_literals;

constexpr auto kNoon = sys_days{2026y / 6 / 25} + 12h;

TEST(ClockDrift, IsPositiveWhereTheStationIsAhead) {
  EXPECT_EQ(clock_drift("2026-06-25 12:00:00", kNoon), 0s);
  EXPECT_EQ(clock_drift("2026-06-25 12:01:40", kNoon), 100s);
  EXPECT_EQ(clock_drift("2026-06-25 11:59:30", kNoon), -30s);
}

TEST(ClockDrift, WholeQuartersOfAnHourAreTheZone) {
  EXPECT_EQ(clock_drift("2026-06-25 14:00:07", kNoon), 7s) << "Berlin in summer";
  EXPECT_EQ(clock_drift("2026-06-25 17:44:50", kNoon), -10s) << "Kathmandu";
  EXPECT_EQ(clock_drift("2026-06-25 02:00:01", kNoon), 1s) << "Honolulu";
}

TEST(ClockDrift, IsTheNearestWayToAQuarter) {
  EXPECT_EQ(clock_drift("2026-06-25 12:07:29", kNoon), 449s);
  EXPECT_EQ(clock_drift("2026-06-25 12:07:30", kNoon), -450s);
}

TEST(ClockDrift, WhatIsNoTimeHasNone) {
  EXPECT_FALSE(clock_drift("", kNoon));
  EXPECT_FALSE(clock_drift("2026-13-25 12:00:00", kNoon));
  EXPECT_FALSE(clock_drift("2026-06-25 12:00:xx", kNoon));
}

constexpr std::string_view kClockBlock = R"(
id = 100
name = "clocks"
prefix = ""
poll = "core"
evidence = "inferred"
fields = [
  { name = "clock", register = 100, type = "clock" },
  { name = "firmware", register = 103, type = "version", kind = "firmware" },
  { name = "volts", register = 105, type = "u16", unit = "V", min = 10, max = 90, scale = [{ factor = 0.1, until = 10 }, { factor = 1, from = 20 }] },
]
derived = [ { name = "drift", from = "clock", how = "drift", unit = "s" } ]
)";
constexpr std::string_view kClockModel = R"(
name = "CLOCK"
evidence = "inferred"
protocol_version = 2000
envelope = "v1.2"
unit = 0
blocks = [100]
poll = { core = 5 }
)";

const schemas::Catalog& clock_catalog() {
  static const schemas::Catalog catalog = [] {
    schemas::Catalog made;
    made.add("blocks/clock.toml", kClockBlock);
    made.add("models/clock.toml", kClockModel);
    made.finish();
    return made;
  }();
  return catalog;
}

class StationClock : public StationFixture {
 protected:
  StationClock() : StationFixture(clock_catalog(), polled(clock_catalog(), "CLOCK", {{100, 5}})) {}
  void read(std::string_view data) {
    now += 5s;
    ask();
    hear(answer(data));
  }
};

TEST_F(StationClock, TheDriftIsThatOfTheMomentItWasRead) {
  station.set_wall_clock(kNoon, now);
  read("1a06 190c 0019 0000 0000 0000");  // 12:00:25, asked five seconds past noon
  EXPECT_EQ(value("clock"), "2026-06-25 12:00:25");
  EXPECT_EQ(value("drift"), "20");
}

TEST_F(StationClock, WithoutATimeThereIsNoDrift) {
  read("1a06 190c 0019 0000 0000 0000");
  EXPECT_EQ(value("drift"), "missing");
}

TEST_F(StationClock, AClockThatWasNeverSetIsNone) {
  station.set_wall_clock(kNoon, now);
  read("0000 0000 0000 0000 0000 0000");
  EXPECT_EQ(value("clock"), "");
  EXPECT_EQ(value("drift"), "");
}

// 5 V are not plausible: that they are believed the second time is the doing of the version.
TEST_F(StationClock, TheVersionOfTheSoftwareChoosesAScaleFromTheNextReadingOn) {
  read("0000 0000 0000 03e8 0000 0032");
  EXPECT_EQ(value("volts"), "50") << "as long as it is not known";
  read("0000 0000 0000 03e8 0000 0032");
  EXPECT_EQ(value("volts"), "5") << "10.00 has tenths";
}

}  // namespace
}  // namespace bluetti::test
