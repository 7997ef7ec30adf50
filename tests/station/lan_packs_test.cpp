// SPDX-License-Identifier: MIT
// Battery packs at Modbus units of their own: which are asked for, and what becomes of slots in which nothing is.
#include <gtest/gtest.h>

#include <set>

#include "tests/station/lan_station_fixture.h"

namespace bluetti::test {
namespace {

// A Balco 260 with what is in the slots for expansion packs; what is in none is not served at all.
class ExpansionPacks : public LanStation {
 protected:
  void SetUp() override { make("Balco260"); }

  // Returns how often units from 41 on were asked.
  int go_round() {
    int asked_of_slots = 0;
    while (const auto asked = ask()) {
      std::vector<std::uint16_t> words(asked->read.count);
      const int first = asked->read.first_register;
      const bool is_slot = asked->read.unit >= 41 && asked->read.unit <= 45;
      asked_of_slots += is_slot ? 1 : 0;
      if (first >= 51200 && first < 51250) {
        const bool is_full = asked->read.unit == 1 || full.contains(asked->read.unit);
        for (std::size_t index = 0; index < words.size(); ++index) {
          const int address = first + static_cast<int>(index);
          if (address == 51206) words[index] = asked->read.unit;  // the serial number, which all slots have
          if (!is_full) continue;
          if (address == 51219) words[index] = 261;
          if (address == 51220) words[index] = 29826;
          if (address == 51221) words[index] = static_cast<std::uint16_t>(30 + asked->read.unit);
          if (address == 51236) words[index] = 12345;
        }
      }
      answer(*asked, words);
    }
    return asked_of_slots;
  }

  std::set<int> full{42, 43};
};

TEST_F(ExpansionPacks, AreReadAtTheirUnitsAndEmptySlotsAreNotThere) {
  (void)go_round();
  EXPECT_EQ(value("pack/1/soc", Way::lan), "31");
  EXPECT_EQ(value("pack/3/soc", Way::lan), "72");
  EXPECT_EQ(value("pack/4/soc", Way::lan), "73");
  EXPECT_EQ(value("pack/4/current", Way::lan), "17.4");
  EXPECT_EQ(value("pack/3/charge_energy", Way::lan), "12345");
  for (const char* path : {"pack/2/soc", "pack/2/serial", "pack/2/current", "pack/5/soc", "pack/6/charge_energy"}) {
    EXPECT_EQ(value(path, Way::lan), "missing") << path;
  }
}

TEST_F(ExpansionPacks, OfEmptySlotsOneReadInTenMinutesIsAsked) {
  full.clear();
  EXPECT_EQ(go_round(), 5);
  int asked_of_slots = 0;
  for (int rounds = 0; rounds < 19; ++rounds) {
    now += 30s;
    asked_of_slots += go_round();
  }
  EXPECT_EQ(asked_of_slots, 0);
  now += 30s;
  EXPECT_EQ(go_round(), 5);
}

TEST_F(ExpansionPacks, OneThatIsTakenOutIsAbsentAndOneThatIsPutInIsFound) {
  (void)go_round();
  full = {43};
  now += 60s;
  (void)go_round();
  EXPECT_EQ(value("pack/3/soc", Way::lan), "");
  EXPECT_EQ(value("pack/3/charge_energy", Way::lan), "");
  EXPECT_EQ(value("pack/4/soc", Way::lan), "73");
  full = {42, 43};
  now += 60s;
  (void)go_round();
  EXPECT_EQ(value("pack/3/soc", Way::lan), "72");
}

TEST_F(ExpansionPacks, ThatDoNotAnswerDoNotTakeTheStationOffline) {
  for (int rounds = 0; rounds < 3; ++rounds, now += 60s) {
    while (const auto asked = ask()) {
      if (asked->read.unit >= 41 && asked->read.unit <= 45) {
        miss();
      } else {
        answer(*asked);
      }
    }
  }
  EXPECT_FALSE(went_offline);
}

TEST_F(ExpansionPacks, AreNotAskedForWhereTheUnitIsSetByHand) {
  plan.lan_unit = 5;
  station.emplace(plan, decoders);
  station->session_up(now);
  for (const Ask& asked : round()) EXPECT_TRUE(asked.read.unit == 5 || asked.read.unit == 250);
}

}  // namespace
}  // namespace bluetti::test
