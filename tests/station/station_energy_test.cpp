// SPDX-License-Identifier: MIT
// A station's energies: the counters it sends, and what is summed up from its powers.
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/station_fixture.h"

namespace bluetti::test {
namespace {

using gateway::EnergyReadings;

// A counter, a power that is summed up in both directions, stored energy and firmware; then more registers than one
// read brings.
constexpr std::string_view kMeterBlock = R"(
id = 100
name = "meter"
prefix = ""
poll = "core"
evidence = "inferred"
order = "high"
fields = [
  { name = "counted", register = 100, type = "u32", scale = 0.1, unit = "kWh" },
  { name = "power", register = 102, type = "s16", unit = "W", absent = [0x7fff] },
  { name = "stored", register = 103, type = "u16", unit = "Wh", kind = "stored_energy" },
  { name = "firmware", register = 104, type = "version", kind = "firmware" },
  { name = "last", register = 229, type = "u16" },
]
derived = [
  { name = "taken", from = "power", how = "integral", unit = "Wh" },
  { name = "given", from = "power", how = "integral", scale = -1, unit = "kWh", decimals = 3 },
]
)";

constexpr std::string_view kMeterModel = R"(
name = "METER"
evidence = "inferred"
protocol_version = 2000
envelope = "v1.2"
unit = 0
blocks = [100]
registers = { 100 = 8 }
poll = { core = 5 }
)";

constexpr std::string_view kLongModel = R"(
name = "LONG"
evidence = "inferred"
protocol_version = 2000
envelope = "v1.2"
unit = 0
blocks = [100]
poll = { core = 5 }
)";

const schemas::Catalog& catalog() {
  static const schemas::Catalog catalog = [] {
    schemas::Catalog made;
    made.add("blocks/meter.toml", kMeterBlock);
    made.add("models/meter.toml", kMeterModel);
    made.add("models/long.toml", kLongModel);
    made.finish();
    for (const auto& problem : made.problems()) throw std::logic_error(problem.text());
    return made;
  }();
  return catalog;
}

std::string hex(unsigned number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) text += kDigits[(number >> shift) & 15U];
  return text;
}

class StationEnergy : public StationFixture {
 protected:
  explicit StationEnergy(std::string_view model = "METER")
      : StationFixture(catalog(), polled(catalog(), model, {{100, 5}})) {}

  // The station reads so many tenths of a kWh and this power, some seconds after it was asked before.
  gateway::Reaction read(unsigned counted, int power, gateway::Duration later = 5s) {
    now += later;
    ask();
    return hear(answer("0000 " + hex(counted) + hex(static_cast<unsigned>(power)) + "0400 0000 2710 0000 0000"));
  }
};

TEST_F(StationEnergy, ACounterThatReadsZeroOnceStandsStill) {
  read(12341, 0);
  EXPECT_EQ(value("counted"), "1234.1");
  EXPECT_TRUE(read(0, 0).updates.empty());
  EXPECT_EQ(value("counted"), "1234.1");
  read(12342, 0);
  EXPECT_EQ(value("counted"), "1234.2");
}

TEST_F(StationEnergy, ACounterThatIsResetFollowsAtTheSecondReading) {
  read(12341, 0);
  read(0, 0);
  read(1, 0);
  EXPECT_EQ(value("counted"), "0.1");
}

TEST_F(StationEnergy, ACounterThatGoesBackALittleIsHeldAndSaidOnce) {
  using What = gateway::CounterNotice::What;
  read(12341, 0);
  const auto first = read(12318, 0);
  ASSERT_EQ(first.notices.size(), 1U);
  EXPECT_EQ(first.notices[0].what, What::held);
  EXPECT_EQ(value("counted"), "1234.1");
  read(12341, 0);
  EXPECT_TRUE(read(12318, 0).notices.empty());
  EXPECT_EQ(value("counted"), "1234.1");
}

TEST_F(StationEnergy, ACounterThatStaysLowerForADayCountsFromZero) {
  using What = gateway::CounterNotice::What;
  read(12341, 0);
  read(12318, 0);
  const auto later = read(12323, 0, 24h);
  ASSERT_EQ(later.notices.size(), 1U);
  EXPECT_EQ(later.notices[0].what, What::cycle_begun);
  EXPECT_EQ(value("counted"), "0.5");

  EnergyReadings kept;
  EXPECT_TRUE(station.keep_energies(kept));
  station = gateway::Station(polled(catalog(), "METER", {{100, 5}}), decoders);
  station.restore_energies(kept);
  station.session_up(now);
  read(12324, 0);
  EXPECT_EQ(value("counted"), "0.6") << "over a restart";
}

TEST_F(StationEnergy, StoredEnergyIsNoCounter) {
  read(0, 0);
  EXPECT_EQ(value("stored"), "1024");
  now += 5s;
  ask();
  hear(answer("0000 0000 0000 0100 0000 2710 0000 0000"));
  EXPECT_EQ(value("stored"), "256");
}

TEST_F(StationEnergy, APowerIsSummedUpFromReadingToReading) {
  read(0, 3600);
  EXPECT_EQ(value("taken"), "0");
  read(0, 3600);
  EXPECT_EQ(value("taken"), "5") << "3600 W for 5 s";
  read(0, 0);
  EXPECT_EQ(value("taken"), "8") << "2.5 more, rounded";
  EXPECT_EQ(value("given"), "0");
}

TEST_F(StationEnergy, WithANegativeScaleWhatLiesBelowZeroIsSummedUp) {
  read(0, -3600);
  read(0, -3600);
  EXPECT_EQ(value("given"), "0.005");
  EXPECT_EQ(value("taken"), "0");
}

TEST_F(StationEnergy, AGapOfMoreThanAMinuteAddsNothing) {
  read(0, 3600);
  read(0, 3600, 60s);
  EXPECT_EQ(value("taken"), "60");
  read(0, 3600, 61s);
  EXPECT_EQ(value("taken"), "60");
  read(0, 3600);
  EXPECT_EQ(value("taken"), "65");
}

TEST_F(StationEnergy, AnIntervalOfMinutesAllowsGapsOfThreeOfThem) {
  station = gateway::Station(polled(catalog(), "METER", {{100, 300}}), decoders);
  station.session_up(now);
  read(0, 3600);
  read(0, 3600, 900s);
  EXPECT_EQ(value("taken"), "900");
  read(0, 3600, 901s);
  EXPECT_EQ(value("taken"), "900");
}

TEST_F(StationEnergy, WhileThePowerIsAbsentNothingIsAdded) {
  read(0, 3600);
  read(0, 0x7fff);
  EXPECT_EQ(value("taken"), "0");
  read(0, 3600);
  EXPECT_EQ(value("taken"), "0");
  read(0, 3600);
  EXPECT_EQ(value("taken"), "5");
}

TEST_F(StationEnergy, ALostSessionIsAGap) {
  read(0, 3600);
  station.session_down(now, "the session ended");
  station.session_up(now);
  read(0, 3600);
  EXPECT_EQ(value("taken"), "0");
}

TEST_F(StationEnergy, AStationThatWasOfflineIsAGap) {
  station = gateway::Station(polled(catalog(), "METER", {{100, 300}}), decoders);
  station.session_up(now);
  read(0, 3600);
  now += 300s;
  for (int miss = 0; miss < gateway::Station::kMissesUntilOffline; ++miss) {
    ask();
    this->miss();
    now += 300s - 10s;
  }
  ASSERT_TRUE(went_offline);
  read(0, 3600);
  EXPECT_EQ(value("taken"), "0");
}

TEST_F(StationEnergy, AnswerAndPushOfOneMomentCountOnce) {
  read(0, 3600);
  now += 5s;
  ask();
  hear(answer("0000 0000" + hex(3600)));
  hear(push(102, hex(3600)));
  EXPECT_EQ(value("taken"), "5");
}

TEST_F(StationEnergy, WhatWasKeptIsGoneOnFrom) {
  read(12341, 3600);
  read(12341, 3600);
  EnergyReadings kept;
  EXPECT_TRUE(station.keep_energies(kept));
  EXPECT_EQ(kept, (EnergyReadings{{"counted", 1234.1}, {"taken", 5.0}}));
  EXPECT_FALSE(station.keep_energies(kept)) << "nothing has changed";

  station = gateway::Station(polled(catalog(), "METER", {{100, 5}}), decoders);
  station.restore_energies(kept);
  station.session_up(now);
  read(0, 3600);
  EXPECT_EQ(value("counted"), "1234.1") << "not zero";
  EXPECT_EQ(value("taken"), "5") << "the restart itself adds nothing";
  read(12341, 3600);
  EXPECT_EQ(value("taken"), "10");
}

TEST_F(StationEnergy, OtherFirmwareIsNewsForTheDocuments) {
  EXPECT_TRUE(read(0, 0).shape_changed);
  EXPECT_FALSE(read(0, 0).shape_changed);
  now += 5s;
  ask();
  EXPECT_TRUE(hear(answer("0000 0000 0000 0400 0000 2711 0000 0000")).shape_changed);
}

// Registers 100 to 229 come in two reads, and what was in the first is decoded with the second again.
class StationEnergyInParts : public StationEnergy {
 protected:
  StationEnergyInParts() : StationEnergy("LONG") {}
  void poll(unsigned counted) {
    now += 10s;
    const int first = ask_range().count;
    hear(answer(registers_hex(first, "0000" + hex(counted))));
    now += 5s;
    hear(answer(registers_hex(ask_range().count)));
  }
};

TEST_F(StationEnergyInParts, APollInPartsDoesNotBearItselfOut) {
  poll(12341);
  poll(0);
  EXPECT_EQ(value("counted"), "1234.1");
  poll(0);
  EXPECT_EQ(value("counted"), "0");
}

}  // namespace
}  // namespace bluetti::test
