// SPDX-License-Identifier: MIT
// A station that is read over Modbus TCP: which registers are asked for together, what is believed, and what becomes of
// its values when another way is used.
#include <gtest/gtest.h>

#include <set>

#include "tests/station/lan_station_fixture.h"

namespace bluetti::test {
namespace {

using gateway::Drop;
using schemas::Way;

TEST_F(LanStation, AsksRunsOfDescribedRegistersOnly) {
  make("Balco260");
  std::set<int> described;
  for (const auto& block : station->blocks()) {
    for (const auto& slot : block.decoder->slots()) {
      const int first = block.block().id + slot.offset / 2;
      for (int at = first; at <= block.block().id + (slot.offset + slot.field->size - 1) / 2; ++at)
        described.insert(at);
    }
  }
  const auto all = round();
  EXPECT_GT(all.size(), 8U);
  for (const Ask& asked : all) {
    EXPECT_LE(asked.read.count, 20);
    for (int at = asked.read.first_register; at < asked.read.first_register + asked.read.count; ++at) {
      EXPECT_TRUE(described.contains(at)) << at;
      EXPECT_NE(at, 57005);  // which it does not serve
    }
  }
}

TEST_F(LanStation, AsksUnitOneButWhereTheModelSaysOtherwise) {
  make("Balco260");
  for (const Ask& asked : round()) {
    const bool is_total = asked.read.first_register >= 51001 && asked.read.first_register <= 51008;
    const bool is_pack = asked.read.first_register >= 51200 && asked.read.first_register <= 51249;
    if (is_pack && asked.read.unit != 1) {
      EXPECT_GE(asked.read.unit, 41);
      EXPECT_LE(asked.read.unit, 45);
    } else {
      EXPECT_EQ(asked.read.unit, is_total ? 250 : 1) << asked.read.first_register;
    }
  }
}

TEST_F(LanStation, NeverAsksAnotherUnitOfAModelThatFreezesAtIt) {
  std::size_t models = 0;
  for (const auto& [name, model] : built_in_catalog().models()) {
    if (model.lan.blocks.empty() || name == "Balco260") continue;
    ++models;
    make(name);
    for (int rounds = 0; rounds < 30; ++rounds, now += 60s) {
      for (const Ask& asked : round()) ASSERT_EQ(asked.read.unit, 1) << name;
    }
  }
  EXPECT_EQ(models, 9U);
}

TEST_F(LanStation, IsNeverReadMoreOftenThanEveryFiveSeconds) {
  make("AC500");
  for (auto& [id, seconds] : plan.poll) seconds = 1;
  station.emplace(plan, decoders);
  station->session_up(now);
  (void)round();
  now += 4900ms;
  EXPECT_FALSE(ask().has_value());
  now += 100ms;
  EXPECT_TRUE(ask().has_value());
}

TEST_F(LanStation, TheMeterTellsItsFloats) {
  make("SMeter");
  std::vector<Ask> all;
  while (const auto asked = ask()) {
    all.push_back(*asked);
    std::vector<std::uint16_t> words(asked->read.count);
    for (std::size_t index = 0; index < words.size(); ++index) {
      const auto address = static_cast<std::uint16_t>(asked->read.first_register + index);
      if (address == 55115) words[index] = 0x4366;  // 230 V
      if (address == 55158) words[index] = 0xb852;  // -0.62 kW
      if (address == 55159) words[index] = 0xbf1e;
      if (address == 55111) words[index] = 4;
    }
    answer(*asked, words);
  }
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].read.count, 49);
  EXPECT_EQ(all[1].read.count, 12);
  EXPECT_EQ(value("meter_phase/1/voltage", Way::lan), "230");
  EXPECT_EQ(value("meter_total_power", Way::lan), "-620");
  EXPECT_EQ(value("meter_online", Way::lan), "ON");
}

TEST_F(LanStation, AsksOneValueAtATimeWhereTheModelTakesNoMore) {
  make("AC500");
  for (const Ask& asked : round()) EXPECT_LE(asked.read.count, asked.read.first_register == 50200 ? 6 : 4);
}

TEST_F(LanStation, DropsAnAnswerToAnotherRequest) {
  make("Balco260");
  auto asked = *ask();
  asked.transaction = static_cast<std::uint16_t>(asked.transaction + 1);
  EXPECT_EQ(answer(asked, {7}).dropped, Drop::unasked);
  EXPECT_EQ(value("inverter_count", Way::lan), "missing");
}

TEST_F(LanStation, DropsAnAnswerThatIsCutAndAsksOn) {
  make("Balco260");
  auto asked = *ask();
  --asked.read.count;
  EXPECT_EQ(answer(asked, {7}).dropped, Drop::cut);
  EXPECT_EQ(value("inverter_count", Way::lan), "missing");
  EXPECT_FALSE(station->tick(now));
  EXPECT_EQ(station->misses(), 1);
  EXPECT_TRUE(ask().has_value());
}

TEST_F(LanStation, DropsAnAnswerOfAnotherUnit) {
  make("Balco260");
  auto asked = *ask();
  asked.read.unit = 2;
  EXPECT_EQ(answer(asked, {7}).dropped, Drop::other_unit);
}

TEST_F(LanStation, ThatRefusesEachOfItsValuesGivesNothing) {
  for (const char* model : {"Balco260", "AC500"}) {
    make(model);
    while (const auto asked = ask()) refuse(*asked, 2);
    EXPECT_FALSE(station->online()) << model;
    now = station->next_action();
    (void)station->tick(now);
    EXPECT_TRUE(station->gives_nothing()) << model;
  }
}

TEST_F(LanStation, DropsARefusalOfAnotherUnit) {
  make("Balco260");
  auto asked = *ask();
  asked.read.unit = 2;
  EXPECT_EQ(refuse(asked, 2).dropped, Drop::other_unit);
}

// Goes through the blocks that are due; the read of 50001 and what goes with it is not answered if `silent`.
class SilentRun : public LanStation {
 protected:
  void SetUp() override { make("Balco260"); }
  int registers_from_50001(bool silent) {
    now += 60s;
    int registers = 0;
    while (const auto asked = ask()) {
      const bool is_meant = asked->read.first_register == 50001;
      if (is_meant) registers = asked->read.count;
      if (is_meant && silent) {
        miss();
      } else {
        answer(*asked);
      }
    }
    return registers;
  }
};

TEST_F(SilentRun, ThatStaysSilentTwiceIsReadValueByValueFromThenOn) {
  EXPECT_EQ(registers_from_50001(true), 19);
  EXPECT_EQ(registers_from_50001(true), 19);
  EXPECT_EQ(registers_from_50001(false), 1);
  station->session_down(now, "a test");
  station->session_up(now);
  EXPECT_EQ(registers_from_50001(false), 1) << "what was learned is forgotten";
}

TEST_F(SilentRun, ThatIsSilentOnceIsReadAsBefore) {
  EXPECT_EQ(registers_from_50001(true), 19);
  EXPECT_EQ(registers_from_50001(false), 19);
  EXPECT_EQ(registers_from_50001(true), 19);
  EXPECT_EQ(registers_from_50001(false), 19);
}

TEST_F(LanStation, AValueThatIsRefusedIsLeftOutAndTheOthersAreRead) {
  make("AC500");
  const auto first = *ask();
  refuse(first, 2);
  answer(*ask(), {123});
  (void)round();
  EXPECT_EQ(value("ac_output_power", Way::lan), "missing");
  EXPECT_EQ(value("pv_power", Way::lan), "123");
  now += 60s;
  EXPECT_NE(ask()->read.first_register, first.read.first_register);
}

TEST_F(LanStation, IsOfflineAfterThreeSilentReads) {
  make("Balco260");
  answer(*ask());
  for (int read = 0; read < 3; ++read) {
    ASSERT_TRUE(ask().has_value()) << read;
    miss();
  }
  EXPECT_TRUE(went_offline);
}

TEST_F(LanStation, CountsOfAGroupHoldForRunsBehindThem) {
  make("Balco260");
  while (const auto asked = ask()) {
    std::vector<std::uint16_t> words(asked->read.count);
    for (std::size_t index = 0; index < words.size(); ++index) {
      const auto address = static_cast<std::uint16_t>(asked->read.first_register + index);
      if (address == 50234) words[index] = 1;     // grid phases
      if (address == 50236) words[index] = 2301;  // volts of the first
    }
    answer(*asked, words);
  }
  EXPECT_EQ(value("grid_phase/1/voltage", Way::lan), "230.1");
  EXPECT_EQ(value("grid_phase/2/voltage", Way::lan), "");
}

class TwoWays : public LanStation {
 protected:
  void SetUp() override {
    make("AP300", {Way::lan, Way::cloud});
    while (const auto asked = ask()) {
      std::vector<std::uint16_t> words(asked->read.count);
      if (asked->read.first_register == 51004) words[0] = 71;
      if (asked->read.first_register == 50012) words[0] = 1234;
      if (asked->read.first_register == 51221) words[0] = 70;
      answer(*asked, words);
    }
    ASSERT_EQ(value("soc", Way::lan), "71");
  }
};

TEST_F(TwoWays, OnlyTheWayThatIsUsedIsAsked) {
  now += 60s;
  for (const Ask& asked : round()) EXPECT_GE(asked.read.first_register, 50000);
  EXPECT_TRUE(station->went_round());
}

TEST_F(TwoWays, WhatBothBringStandsUntilTheOtherBringsItAndTheRestIsAbsent) {
  const auto reaction = station->use(Way::cloud, true, now);
  EXPECT_TRUE(station->online());
  EXPECT_EQ(value("soc", Way::lan), "missing");
  EXPECT_EQ(value("arm_firmware", Way::lan), "");
  std::set<std::string> cleared;
  for (const gateway::Update& update : reaction.updates) {
    const auto& block = station->blocks()[update.block];
    for (const std::uint32_t slot : update.slots) cleared.insert(block.decoder->slots()[slot].path);
  }
  EXPECT_FALSE(cleared.contains("soc"));
  EXPECT_TRUE(cleared.contains("way"));
  EXPECT_EQ(value("way", Way::cloud), "cloud");
}

TEST_F(TwoWays, TheSameValueByTheOtherWayIsToldAgain) {
  (void)station->use(Way::cloud, true, now);
  (void)station->use(Way::lan, true, now);
  station->session_up(now);
  bool told = false;
  while (const auto asked = ask()) {
    const bool is_soc = asked->read.first_register == 51004;
    const auto reaction = answer(*asked, is_soc ? std::vector<std::uint16_t>{71} : std::vector<std::uint16_t>{});
    for (const gateway::Update& update : reaction.updates) {
      for (const std::uint32_t slot : update.slots) {
        told |= station->blocks()[update.block].decoder->slots()[slot].path == "soc";
      }
    }
  }
  EXPECT_TRUE(told);
}

TEST_F(TwoWays, AnEnergyGoesOnWhereItStoodOnTheOtherWay) {
  gateway::EnergyReadings before;
  (void)station->keep_energies(before);
  ASSERT_DOUBLE_EQ(before.at("ac_output_energy"), 123.4);
  (void)station->use(Way::cloud, true, now);
  gateway::EnergyReadings after;
  (void)station->keep_energies(after);
  EXPECT_DOUBLE_EQ(after.at("ac_output_energy"), 123.4);
}

}  // namespace
}  // namespace bluetti::test
