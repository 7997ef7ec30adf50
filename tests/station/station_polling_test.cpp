// SPDX-License-Identifier: MIT
// What a station is asked when not all goes well: long blocks, blocks it does not have, blocks it is silent about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <set>

#include "tests/support/station_fixture.h"

namespace bluetti::test {
namespace {

using gateway::Reaction;
using gateway::Station;
using gateway::TimePoint;

using StationPolling = StationFixture;

TEST_F(StationPolling, ABlockThatIsNotThereIsAskedForOnceMoreInHalfThenNotUntilTheNextSession) {
  ask_and_answer(6, kHomeData);
  EXPECT_EQ(ask_range(), (Asked{1300, 6}));
  const Reaction first = hear(exception(2));
  EXPECT_FALSE(first.refused_block);
  EXPECT_EQ(first.exception, 0) << "nothing to tell yet";
  EXPECT_EQ(ask_range(), (Asked{1300, 2})) << "half, cut between two phases";
  const Reaction second = hear(exception(2));
  EXPECT_EQ(second.refused_block, 1U);
  for (int poll = 0; poll < 10; ++poll) {
    now += 10s;
    EXPECT_EQ(ask_and_answer(6, kHomeData).first_register, 100);
    EXPECT_EQ(ask_range(), kNothing);
  }
  station.session_down(now, "the session ended");
  station.session_up(now);
  ask_and_answer(6, kHomeData);
  EXPECT_EQ(ask_range(), (Asked{1300, 6}));
}

TEST_F(StationPolling, ABlockThatIsShorterIsReadAsFarAsItGoes) {
  ask_and_answer(6, kHomeData);
  EXPECT_EQ(ask(), 1300);
  hear(exception(2));
  EXPECT_EQ(ask_range(), (Asked{1300, 2}));
  hear(answer("01f4 0001"));
  EXPECT_EQ(ask_range(), (Asked{1302, 2})) << "the next phase";
  EXPECT_FALSE(hear(answer("ff88 08fd")).dropped);
  EXPECT_EQ(ask_range(), (Asked{1304, 1}));
  EXPECT_FALSE(hear(exception(2)).refused_block);
  EXPECT_EQ(ask_range(), kNothing);
  EXPECT_EQ(value("grid_phase/1/power"), "-120") << "the count came with another part";
  now += 10s;
  EXPECT_EQ(ask_and_answer(6, kHomeData), (Asked{100, 6}));
  EXPECT_EQ(ask_range(), (Asked{1300, 4})) << "from now on only what is there";
}

TEST_F(StationPolling, AnIllegalFunctionIsNotAskedForAgain) {
  EXPECT_EQ(ask(), 100);
  EXPECT_EQ(hear(exception(1)).refused_block, 0U);
  EXPECT_EQ(ask(), 1300);
}

TEST_F(StationPolling, AnIllegalValueMayMeanTooManyRegisters) {
  EXPECT_EQ(ask_range(), (Asked{100, 6}));
  hear(exception(3));
  EXPECT_EQ(ask_range(), (Asked{100, 3}));
  EXPECT_EQ(hear(exception(3)).refused_block, 0U);
}

TEST_F(StationPolling, ABusyStationIsAskedAgainSoonButLessAndLessSo) {
  EXPECT_EQ(ask(), 100);
  const Reaction reaction = hear(exception(6));
  EXPECT_EQ(reaction.exception, 6);
  EXPECT_FALSE(reaction.refused_block);
  EXPECT_FALSE(station.online()) << "it has given nothing yet";
  ask_and_answer(6, kGridData);
  for (const auto wait : {1s, 2s, 4s}) {
    now += wait - 1ms;
    EXPECT_EQ(ask(), -1);
    now += 1ms;
    EXPECT_EQ(ask(), 100);
    hear(exception(5));
  }
  EXPECT_EQ(station.counters().timeouts, 0U);
  now += 4s;
  EXPECT_EQ(ask_and_answer(6, kGridData).first_register, 1300);
  EXPECT_EQ(ask(), -1) << "then it is no longer soon";
  now += 1s;
  EXPECT_EQ(ask(), 100);
}

TEST_F(StationPolling, AStationThatIsAlwaysBusyIsOfflineAfterAQuarterOfAMinute) {
  ask_and_answer(6, kHomeData);
  ask_and_answer(6, kGridData);
  EXPECT_TRUE(station.online());
  now += 10s;
  while (ask() != -1) hear(exception(6));
  const TimePoint first = now;
  while (!station.tick(now) && now < first + 1min) {
    now = station.next_action();
    while (ask() != -1) hear(exception(6));
  }
  EXPECT_EQ(now - first, Station::kFruitless);
  EXPECT_TRUE(station.gives_nothing());
  EXPECT_EQ(station.misses(), 0);
  EXPECT_THAT(station.missing(), testing::SizeIs(2));
  now += 10s;
  EXPECT_TRUE(ask_and_answer(6, kHomeData).first_register != -1);
  EXPECT_TRUE(station.online());
  EXPECT_FALSE(station.gives_nothing());
}

TEST_F(StationPolling, AStationThatRefusesEverythingIsNotOnline) {
  while (ask() != -1) EXPECT_FALSE(hear(exception(2)).came_online);
  EXPECT_FALSE(station.online());
  EXPECT_TRUE(station.went_round());
  now = station.next_action();
  EXPECT_FALSE(station.tick(now)) << "it was not online before";
  EXPECT_TRUE(station.gives_nothing());
  EXPECT_EQ(ask(), -1);
  now = station.next_action();
  EXPECT_FALSE(station.tick(now));
  EXPECT_TRUE(station.gives_nothing()) << "until it gives something";
  EXPECT_EQ(ask_and_answer(6, kHomeData).first_register, 100) << "it may only have been starting up";
  EXPECT_TRUE(station.online());
  EXPECT_FALSE(station.gives_nothing());
}

TEST_F(StationPolling, AStationThatRefusesSomeBlocksStaysOnline) {
  ask_and_answer(6, kHomeData);
  while (ask() == 1300) hear(exception(2));
  for (int poll = 0; poll < 20; ++poll) {
    now += 10s;
    EXPECT_EQ(ask_and_answer(6, kHomeData).first_register, 100);
    EXPECT_FALSE(station.tick(now));
  }
  EXPECT_TRUE(station.online());
}

TEST_F(StationPolling, ABrokenDeviceIsAskedLessOften) {
  for (int poll = 0; poll < 2; ++poll) {
    EXPECT_EQ(ask(), 100);
    EXPECT_EQ(hear(exception(4)).exception, 4);
    hear(push(1300, kGridData));
    now += 5s;
  }
  EXPECT_EQ(ask(), -1);
  now += 5s;
  EXPECT_EQ(ask(), 100);
}

TEST_F(StationPolling, ASilentUnitBehindAGatewayIsAMissedAnswer) {
  ask_and_answer(6, kHomeData);
  for (const std::uint8_t code : std::initializer_list<std::uint8_t>{10, 11, 11}) {
    EXPECT_NE(ask(), -1);
    EXPECT_EQ(hear(exception(code)).exception, code);
    went_offline |= station.tick(now);
    now += 5s;
  }
  EXPECT_TRUE(went_offline);
  EXPECT_EQ(station.counters().timeouts, 3U);
}

// A station that never answers its most frequent question.
class SilentHome : public StationFixture {
 protected:
  SilentHome() : StationFixture(test_catalog(), polled(test_catalog(), "TEST", {{100, 12}, {1300, 60}})) {}
};

TEST_F(SilentHome, AfterAMissTheBlockThatAnsweredLastTellsWhetherTheStationIsThere) {
  hear(push(100, kHomeData));
  EXPECT_EQ(ask_and_answer(6, kGridData).first_register, 1300);
  now += 12s;
  EXPECT_EQ(ask(), 100);
  miss();
  EXPECT_LE(station.next_action(), now);
  EXPECT_EQ(ask_and_answer(6, kGridData).first_register, 1300) << "long before it is due";
  EXPECT_TRUE(station.online());
}

// However often one block is not answered, the station is not offline while it answers the others.
TEST_F(StationPolling, ABlockThatIsNeverAnsweredNeitherEndsNorHoldsUpTheRest) {
  int asked_in_vain = 0;
  int answered = 0;
  const auto end = now + 1h;
  while (now < end) {
    const Asked asked = ask_range();
    if (asked == kNothing) {
      now = std::max(now, station.next_action());
    } else if (asked.first_register >= 1300) {
      miss();
      ++asked_in_vain;
    } else {
      hear(answer(registers_hex(asked.count)));
      if (asked.first_register == 100) ++answered;
    }
  }
  EXPECT_TRUE(station.online());
  EXPECT_FALSE(went_offline);
  EXPECT_LT(asked_in_vain, 20) << "10 s at first, 320 s in the end";
  EXPECT_GT(answered, 690) << "one every five seconds, but for the waits";
}

TEST_F(StationPolling, ABlockThatAnswersAgainIsBackInItsRhythm) {
  const auto answer_until_grid_is_asked = [this] {
    while (true) {
      const Asked asked = ask_range();
      if (asked.first_register == 1300) return;
      if (asked == kNothing) {
        now = std::max(now, station.next_action());
      } else {
        hear(answer(registers_hex(asked.count)));
      }
    }
  };
  for (int poll = 0; poll < 4; ++poll) {
    answer_until_grid_is_asked();
    miss();
  }
  answer_until_grid_is_asked();
  hear(answer(kGridData));
  const auto answered = now;
  answer_until_grid_is_asked();
  EXPECT_LE(now, answered + 10s);
}

TEST_F(StationPolling, NoBlockIsToBlameWhenTheStationIsGone) {
  ask_and_answer(6, kHomeData);
  ask_and_answer(6, kGridData);
  now += 10s;
  for (int read = 0; read < 10; ++read) {
    now = std::max(now, station.next_action());
    EXPECT_NE(ask(), -1);
    miss();
  }
  now = std::max(now, station.next_action());
  EXPECT_NE(ask_and_answer(6, "0001").first_register, -1);
  EXPECT_TRUE(station.online());
  now += 10s;
  std::set<int> asked;
  for (const std::string_view data : {"0002", "0003"}) asked.insert(ask_and_answer(6, data).first_register);
  EXPECT_EQ(asked, (std::set{100, 1300})) << "no block was backed off";
}

TEST_F(StationPolling, ABlockThatIsRefusedHasNoValuesAnyMore) {
  ask_and_answer(6, kHomeData);
  hear(push(1300, kGridData));
  EXPECT_EQ(value("grid_frequency"), "50");
  now += 10s;
  ask_and_answer(6, kHomeData);
  EXPECT_EQ(ask(), 1300);
  hear(exception(2));
  EXPECT_EQ(ask(), 1300);
  EXPECT_FALSE(hear(exception(2)).updates.empty());
  EXPECT_EQ(value("grid_frequency"), "");
  hear(push(1300, kGridData));
  EXPECT_EQ(value("grid_frequency"), "50") << "it is back with the same values";
}

TEST_F(StationPolling, ABlockThatRefusesToBeReadMayPushItself) {
  ask_and_answer(6, kHomeData);
  ask();
  hear(exception(1));
  EXPECT_TRUE(station.blocks()[1].refused);
  EXPECT_TRUE(hear(push(1300, kGridData)).shape_changed);
  EXPECT_FALSE(station.blocks()[1].refused);
  EXPECT_EQ(value("grid_frequency"), "50");
  now += 1min;
  ask_and_answer(6, kHomeData);
  EXPECT_EQ(ask(), -1) << "it is not read all the same";
}

TEST_F(StationPolling, ABlockThatWasPushedInPiecesIsNotPolledSoon) {
  ask_and_answer(6, kHomeData);
  hear(push(1300, "01f4 0001 ff88"));
  hear(push(1303, "08fd 0000 0000"));
  EXPECT_EQ(ask(), -1);
}

TEST_F(StationPolling, ABlockThatWasPushedInPartIsPolled) {
  ask_and_answer(6, kHomeData);
  hear(push(1303, "08fd 0000 0000"));
  hear(push(1300, "01f4 0001"));
  EXPECT_EQ(ask(), 1300);
}

TEST_F(StationPolling, HasGoneRoundWhenEveryBlockWasDealtWith) {
  ask_and_answer(6, kHomeData);
  EXPECT_FALSE(station.went_round());
  ask();
  hear(exception(2));
  EXPECT_FALSE(station.went_round());
  ask();
  hear(exception(2));
  EXPECT_TRUE(station.went_round());
}

TEST_F(StationPolling, ABlockThatPushedItselfNeedsNotBeAskedForTheRound) {
  hear(push(1300, kGridData));
  ask_and_answer(6, kHomeData);
  EXPECT_EQ(ask(), -1);
  EXPECT_TRUE(station.went_round());
}

TEST_F(StationPolling, StationsOfOneSessionNeedNotBeginTogether) {
  station.session_up(now, 250ms);
  EXPECT_FALSE(station.wants_to_ask(now));
  EXPECT_EQ(station.next_action(), now + 250ms);
  now += 250ms;
  EXPECT_TRUE(station.wants_to_ask(now));
  EXPECT_EQ(ask(), 100);
  EXPECT_FALSE(station.wants_to_ask(now));
}

TEST_F(StationPolling, ABoostedStationIsAskedMoreOftenForAWhile) {
  ask_and_answer(6, kHomeData);
  ask_and_answer(6, kGridData);
  station.boost(now + 10s);
  int reads = 0;
  for (const auto end = now + 10s; now < end; now += 500ms) reads += ask_and_answer(6).first_register == 1300 ? 1 : 0;
  EXPECT_EQ(reads, 9);
  reads = 0;
  for (const auto end = now + 20s; now < end; now += 500ms) reads += ask_and_answer(6).first_register == 1300 ? 1 : 0;
  EXPECT_LE(reads, 2);
}

// 200 registers: a count, a counter where a read of 125 would end, items at the far end.
constexpr std::string_view kWide = R"(
id = 500
name = "wide"
prefix = ""
poll = "core"
evidence = "inferred"
fields = [
  { name = "item_count", register = 500, type = "u16" },
  { name = "energy", register = 624, type = "u32" },
  { name = "last", register = 699, type = "u16" },
]
[[group]]
name = "items"
count = "item_count"
max = 3
register = 690
stride = 1
fields = [ { name = "power", register = 0, type = "u16" } ]
)";
constexpr std::string_view kSmall = R"(
id = 400
name = "small"
prefix = ""
poll = "core"
evidence = "inferred"
fields = [ { name = "power", register = 400, type = "u16" } ]
)";
constexpr std::string_view kWideModel = R"(
name = "WIDE"
evidence = "inferred"
blocks = [400, 500]
poll = { core = 5 }
)";

const schemas::Catalog& wide_catalog() {
  static const schemas::Catalog catalog = [] {
    schemas::Catalog made;
    made.add("blocks/wide.toml", kWide);
    made.add("blocks/small.toml", kSmall);
    made.add("models/wide.toml", kWideModel);
    made.finish();
    return made;
  }();
  return catalog;
}

class LongBlock : public StationFixture {
 protected:
  LongBlock() : StationFixture(wide_catalog(), polled(wide_catalog(), "WIDE", {{400, 5}, {500, 5}})) {
    ask_and_answer(1, "0001");
  }
  // The second part: 76 registers from 624.
  static std::string second_part() {
    std::string data = registers_hex(76, "0002 0001");
    data.replace(4 * (690 - 624), 8, "00070008");
    return data;
  }
};

TEST_F(LongBlock, IsReadInPartsThatTearNoField) {
  EXPECT_EQ(ask_and_answer(124, "0002"), (Asked{500, 124}));
  EXPECT_FALSE(station.went_round());
  EXPECT_EQ(ask_range(), (Asked{624, 76}));
  hear(answer(second_part()));
  EXPECT_TRUE(station.went_round());
  EXPECT_EQ(value("energy"), "65538");
  EXPECT_EQ(value("items/2/power"), "8") << "their count came with the first part";
}

TEST_F(LongBlock, NothingComesBetweenItsParts) {
  now += 5s;
  ask_and_answer(124);
  now += 5s;  // block 400 is due again
  EXPECT_EQ(ask_range(), (Asked{624, 76}));
}

TEST_F(LongBlock, EachPartIsMatchedForItself) {
  EXPECT_EQ(ask_range(), (Asked{500, 124}));
  const std::string first = registers_hex(124, "0002");
  EXPECT_EQ(hear(answer(first, 0, 624)).dropped, gateway::Drop::other_block);
  EXPECT_FALSE(hear(answer(first, 0, 500)).dropped);
  EXPECT_EQ(ask_range(), (Asked{624, 76}));
  EXPECT_EQ(hear(answer(first)).dropped, gateway::Drop::too_long);
  EXPECT_EQ(hear(answer(second_part(), 0, 500)).dropped, gateway::Drop::other_block);
  EXPECT_FALSE(hear(answer(second_part(), 0, 624)).dropped);
}

TEST_F(LongBlock, AShortPartEndsThePoll) {
  EXPECT_EQ(ask_and_answer(100, "0002"), (Asked{500, 124}));
  EXPECT_EQ(ask_range(), kNothing);
  EXPECT_TRUE(station.went_round());
  EXPECT_EQ(station.blocks()[1].answer_size, 200U);
}

TEST_F(LongBlock, APartThatIsNotThereIsAskedForOnceInASession) {
  ask_and_answer(124, "0002");
  for (Asked asked = ask_range(); asked != kNothing; asked = ask_range()) {
    EXPECT_EQ(asked.first_register, 624);
    EXPECT_FALSE(hear(exception(2)).refused_block);
  }
  EXPECT_LE(station.counters().exceptions, 1U + gateway::BlockRead::kMostShorterTries);
  now += 5s;
  ask_and_answer(1, "0001");
  EXPECT_EQ(ask_and_answer(124, "0002"), (Asked{500, 124}));
  EXPECT_EQ(ask_range(), kNothing);
}

TEST_F(LongBlock, APartThatIsNotAnsweredEndsThePoll) {
  ask_and_answer(124, "0002");
  EXPECT_EQ(ask_range(), (Asked{624, 76}));
  miss();
  now = std::max(now, station.next_action());
  EXPECT_NE(ask_range(), (Asked{624, 76})) << "the next poll begins at the beginning";
}

TEST_F(LongBlock, PushedInTwoPiecesIsNotPolled) {
  hear(push(500, registers_hex(125, "0002")));
  hear(push(625, registers_hex(75)));
  EXPECT_EQ(ask_range(), kNothing);
}

TEST_F(LongBlock, ShareTheirDecoderWithOtherStationsButNotTheirValues) {
  gateway::Station other(polled(wide_catalog(), "WIDE", {{400, 5}, {500, 5}}), decoders);
  EXPECT_EQ(other.blocks()[0].decoder, station.blocks()[0].decoder);
  EXPECT_EQ(value("power"), "1");
  EXPECT_EQ(other.blocks()[0].current().values[0].kind, schemas::ValueKind::missing);
  EXPECT_EQ(value("power"), "1") << "as before, after the other was looked at";
}

}  // namespace
}  // namespace bluetti::test
