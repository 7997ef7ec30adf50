// SPDX-License-Identifier: MIT
// Which message is taken for the answer to which question. Modbus does not say; each test here is a way to get it
// wrong, most of them taken by some client before.
#include <gtest/gtest.h>

#include "tests/support/station_fixture.h"

namespace bluetti::test {
namespace {

using gateway::Drop;
using gateway::Reaction;

using StationMatching = StationFixture;

TEST_F(StationMatching, AnAnswerNobodyWaitsForIsDropped) {
  EXPECT_EQ(hear(answer(kHomeData)).dropped, Drop::unasked);
  EXPECT_FALSE(station.online());
}

TEST_F(StationMatching, AnAnswerLongerThanAskedForIsDropped) {
  ask();
  EXPECT_EQ(hear(answer("0000 0000 0057 003c 0000 0000 0000")).dropped, Drop::too_long);
  EXPECT_EQ(hear(answer(kHomeData)).dropped, std::nullopt) << "the real answer still finds its question";
}

TEST_F(StationMatching, AnAnswerWhoseEnvelopeNamesAnotherRegisterIsDropped) {
  ask();
  EXPECT_EQ(hear(answer(kHomeData, 0, 1300)).dropped, Drop::other_block);
  EXPECT_EQ(hear(answer(kHomeData, 0, 100)).dropped, std::nullopt);
}

TEST_F(StationMatching, AnAnswerOfTheKnownSizeOfAnotherBlockIsDropped) {
  ask();
  hear(answer(kHomeData));
  ask();
  hear(answer("01f4 0001 ff88 08fd"));  // the grid block of this station is four registers long
  now += 5s;
  EXPECT_EQ(ask(), 100);
  EXPECT_EQ(hear(answer("01f4 0001 ff88 08fd")).dropped, Drop::other_block);
  EXPECT_EQ(value("soc"), "87");
}

TEST_F(StationMatching, AFrameOfAnotherUnitIsDropped) {
  ask();
  EXPECT_EQ(hear(answer(kHomeData, 51)).dropped, Drop::other_unit);
}

TEST_F(StationMatching, AFrameWithAWrongCrcIsDropped) {
  ask();
  std::string broken = answer(kHomeData);
  broken.back() = static_cast<char>(broken.back() ^ 1);
  const Reaction reaction = hear(broken);
  EXPECT_EQ(reaction.dropped, Drop::broken_frame);
  EXPECT_FALSE(reaction.detail.empty());
  EXPECT_EQ(hear(answer(kHomeData)).dropped, std::nullopt);
}

TEST_F(StationMatching, ATruncatedFrameIsDroppedAtEveryLength) {
  ask();
  const std::string whole = answer(kHomeData);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_TRUE(hear(whole.substr(0, length)).dropped) << length;
  }
}

TEST_F(StationMatching, ARetainedMessageIsNotTheStationSpeaking) {
  ask();
  EXPECT_EQ(station.on_message(answer(kHomeData), true, now).dropped, Drop::retained);
  EXPECT_FALSE(station.online());
}

TEST_F(StationMatching, ALateAnswerMeetsItsOwnQuestion) {
  EXPECT_EQ(ask(), 100);
  now += 7s;
  EXPECT_FALSE(station.tick(now));
  EXPECT_EQ(ask(), -1) << "nothing new is asked while the old answer may still come";
  EXPECT_FALSE(hear(answer(kHomeData)).dropped);
  EXPECT_EQ(value("soc"), "87");
  EXPECT_EQ(ask(), 1300);
}

TEST_F(StationMatching, AVeryLateAnswerIsNotTakenForTheNextQuestion) {
  ask();
  hear(answer(kHomeData));
  ask();
  hear(answer("01f4 0001 ff88 08fd"));
  now += 5s;
  EXPECT_EQ(ask(), 100);
  miss();
  EXPECT_EQ(ask(), 1300);
  EXPECT_EQ(hear(answer(kHomeData)).dropped, Drop::too_long);
}

TEST_F(StationMatching, APushOfUnknownRegistersIsDropped) {
  EXPECT_EQ(hear(push(9000, "0001")).dropped, Drop::no_schema);
}

TEST_F(StationMatching, EachDropIsCountedByItsReason) {
  hear(answer(kHomeData));
  hear(answer(kHomeData));
  hear(push(9000, "0001"));
  EXPECT_EQ(dropped(Drop::unasked), 2U);
  EXPECT_EQ(dropped(Drop::no_schema), 1U);
  EXPECT_EQ(station.counters().answers, 0U);
}

TEST_F(StationMatching, AnAnswerThatComesTwiceIsTakenOnce) {
  EXPECT_EQ(ask(), 100);
  EXPECT_FALSE(hear(answer(kHomeData)).dropped);
  EXPECT_EQ(hear(answer(kHomeData)).dropped, Drop::unasked);
}

TEST_F(StationMatching, ASecondCopyIsNotTakenForTheAnswerToTheNextQuestion) {
  EXPECT_EQ(ask(), 100);
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), 1300);  // as many registers as block 100
  EXPECT_EQ(hear(answer(kHomeData)).dropped, Drop::repeated);
  EXPECT_EQ(value("grid_frequency"), "missing");
  EXPECT_FALSE(hear(answer(kGridData)).dropped);
  EXPECT_EQ(value("grid_frequency"), "50");
}

TEST_F(StationMatching, TwoBlocksOfNothingButZerosAreNoRepetition) {
  EXPECT_EQ(ask(), 100);
  hear(answer("0000 0000 0000 0000 0000 0000"));
  EXPECT_EQ(ask(), 1300);
  EXPECT_FALSE(hear(answer("0000 0000 0000 0000 0000 0000")).dropped);
}

TEST_F(StationMatching, ABlockThatDidNotChangeIsNoRepetition) {
  for (int poll = 0; poll < 3; ++poll) {
    EXPECT_EQ(ask(), 100);
    EXPECT_FALSE(hear(answer(kHomeData)).dropped);
    hear(push(1300, kGridData));
    now += 5s;
  }
}

TEST_F(StationMatching, AnAnswerInAnotherEnvelopeIsDropped) {
  ask();
  const std::string inside = answer(kHomeData).substr(10);
  EXPECT_EQ(hear(inside).dropped, Drop::wrong_envelope);
  EXPECT_EQ(hear("\x01" + inside).dropped, Drop::wrong_envelope);
}

TEST_F(StationMatching, AnEchoOfSomeoneElsesWriteIsNoAnswer) {
  ask();
  EXPECT_EQ(hear(framed("00 06 07db 0001")).dropped, Drop::unasked);
  EXPECT_FALSE(hear(answer(kHomeData)).dropped);
}

TEST_F(StationMatching, AnExceptionToSomeoneElsesWriteIsNoAnswer) {
  ask();
  EXPECT_EQ(hear(framed("00 86 02")).dropped, Drop::unasked);
  EXPECT_FALSE(hear(answer(kHomeData)).dropped);
}

TEST_F(StationMatching, AnExceptionWhenNothingWasAskedIsDropped) {
  EXPECT_EQ(hear(exception(2)).dropped, Drop::unasked);
  EXPECT_EQ(ask(), 100);
}

TEST_F(StationMatching, TheEnvelopesRegisterBeatsTheSize) {
  EXPECT_EQ(ask_and_answer(6), (Asked{100, 6}));
  EXPECT_EQ(ask_and_answer(4), (Asked{1300, 6}));
  now += 5s;
  EXPECT_EQ(ask(), 100);
  EXPECT_FALSE(hear(answer(registers_hex(4), 0, 100)).dropped) << "as long as block 1300, but it says what it is";
}

TEST_F(StationMatching, BlocksThatAreKnownToBeEquallyShortAreBelieved) {
  for (const std::uint16_t first_register : {std::uint16_t{100}, std::uint16_t{1300}}) {
    EXPECT_EQ(ask(), first_register);
    EXPECT_FALSE(hear(answer(registers_hex(4), 0, first_register)).dropped);
  }
  now += 10s;
  EXPECT_EQ(ask(), 100);
  EXPECT_FALSE(hear(answer("0000 0000 0058 003c")).dropped);
  EXPECT_EQ(value("soc"), "88");
}

TEST_F(StationMatching, AnswersOutOfOrderFindNoWrongQuestion) {
  ask_and_answer(6, kHomeData);
  ask_and_answer(4, "01f4 0001 ff88 08fd");
  now += 10s;
  EXPECT_EQ(ask(), 100);
  miss();
  EXPECT_EQ(ask(), 1300);
  EXPECT_EQ(hear(answer("0000 0000 0058 003c 0000 0000")).dropped, Drop::too_long);
  EXPECT_FALSE(hear(answer("01f5 0001 ff88 08fd")).dropped);
  EXPECT_EQ(value("soc"), "87");
  EXPECT_EQ(value("grid_frequency"), "50.1");
}

// Dropped for good, such a block would never be read again; asked for one register less, its answer is telling.
TEST_F(StationMatching, AnAnswerThatIsDoubtedTwiceIsAskedForInASizeOfItsOwn) {
  ask_and_answer(6, kHomeData);
  ask_and_answer(4, "01f4 0001 ff88 08fd");
  now += 5s;
  for (int poll = 0; poll < 2; ++poll) {
    EXPECT_EQ(ask_range(), (Asked{100, 6}));
    EXPECT_EQ(hear(answer("0000 0000 0058 003c")).dropped, Drop::other_block);
    miss();
    EXPECT_EQ(ask(), 1300);
    hear(answer("01f4 0001 ff88 08fd"));
  }
  now += 10s;
  EXPECT_EQ(ask_range(), (Asked{100, 3}));
  EXPECT_FALSE(hear(answer("0000 0000 0058")).dropped);
  EXPECT_EQ(value("soc"), "88");
}

// The blocks of an AP300, with the sizes that its answers are known to have.
class BuiltInMatching : public StationFixture {
 protected:
  explicit BuiltInMatching(std::string_view model = "AP300",
                           std::map<std::uint16_t, double> poll = {{2000, 30}, {6100, 10}, {6300, 10}})
      : StationFixture(catalog(), polled(catalog(), model, std::move(poll))) {}

  static const schemas::Catalog& catalog() {
    static const schemas::Catalog built_in = schemas::Catalog::built_in();
    return built_in;
  }
};

// Fault of a client: a flag "an answer arrived".
TEST_F(BuiltInMatching, APushIsNotTheAnswerThatIsAwaited) {
  EXPECT_EQ(ask(), 2000);
  EXPECT_FALSE(hear(push(6100, registers_hex(90))).dropped);
  EXPECT_EQ(ask(), -1) << "the read is still in flight";
  EXPECT_FALSE(hear(answer(registers_hex(68))).dropped);
  EXPECT_EQ(station.counters().answers, 1U);
}

// Fault of a client: the register in flight alone decides. 252 % and 3284 degrees were read that way.
TEST_F(BuiltInMatching, CellsAreNotDecodedAsAPack) {
  ask_and_answer(68);
  ask_and_answer(90);
  EXPECT_EQ(ask(), 6300);
  hear(answer(registers_hex(22, "1000 0400")));
  now += 10s;
  EXPECT_EQ(ask(), 6100);
  EXPECT_EQ(hear(answer(registers_hex(22, "1000 0400 0cfc 0cfd 0cfd"))).dropped, Drop::other_block);
  EXPECT_FALSE(hear(answer(registers_hex(90))).dropped);
}

// Fault of a client: the size alone decides.
TEST_F(BuiltInMatching, ASettingsBlockOf60BytesIsNotDecodedAsCells) {
  ask_and_answer(30);
  ask_and_answer(90);
  EXPECT_EQ(ask(), 6300);
  EXPECT_TRUE(hear(answer(registers_hex(30, "0001"))).dropped);
  EXPECT_EQ(value("cell/1/voltage"), "missing");
  EXPECT_FALSE(hear(answer(registers_hex(22, "1000 0400"))).dropped);
}

TEST_F(BuiltInMatching, ASettingsBlockIsNotDecodedAsAPackEvenBeforeItWasEverRead) {
  station.session_up(now);
  hear(push(2000, registers_hex(68)));  // so it is not polled first
  EXPECT_EQ(ask(), 6100);
  EXPECT_EQ(hear(answer(registers_hex(68, "0001"))).dropped, Drop::other_block);
}

constexpr std::string_view kLongPack = R"(
id = 6100
name = "pack"
prefix = ""
poll = "battery"
registers = 104
evidence = "inferred"
fields = [ { name = "pack_voltage", register = 6100, type = "u16" } ]
)";
constexpr std::string_view kLongCells = R"(
id = 6300
name = "cells"
prefix = ""
poll = "battery"
registers = 25
evidence = "inferred"
fields = [ { name = "cell_voltage", register = 6300, type = "u16" } ]
)";
constexpr std::string_view kBatteryModel = R"(
name = "LONG"
evidence = "inferred"
blocks = [6100, 6300]
poll = { battery = 10 }
)";

const schemas::Catalog& long_catalog() {
  static const schemas::Catalog catalog = [] {
    schemas::Catalog made;
    made.add("blocks/pack.toml", kLongPack);
    made.add("blocks/cells.toml", kLongCells);
    made.add("models/long.toml", kBatteryModel);
    made.finish();
    return made;
  }();
  return catalog;
}

class AskedForMore : public StationFixture {
 protected:
  AskedForMore() : StationFixture(long_catalog(), polled(long_catalog(), "LONG", {{6100, 10}, {6300, 10}})) {}
};

// Fault of a client: only the size that was asked for is believed. Every poll then timed out.
TEST_F(AskedForMore, AStationAnswersWithTheRegistersThatItHas) {
  for (int poll = 0; poll < 2; ++poll) {
    EXPECT_EQ(ask_range(), (Asked{6100, 104}));
    EXPECT_FALSE(hear(answer(registers_hex(90, "0215"))).dropped) << "180 bytes of 208";
    EXPECT_EQ(ask_range(), (Asked{6300, 25}));
    EXPECT_FALSE(hear(answer(registers_hex(22, "0cfc"))).dropped) << "44 bytes of 50";
    now += 10s;
  }
  EXPECT_EQ(value("pack_voltage"), "533");
  EXPECT_EQ(value("cell_voltage"), "3324");
}

// An AP300 sends pack records of 208 bytes that nobody asked for.
TEST_F(BuiltInMatching, ForeignRecordsAreDroppedWhateverIsAwaited) {
  const std::string record = answer(registers_hex(104, "0102 0304"));
  EXPECT_EQ(hear(record).dropped, Drop::unasked);
  for (const int registers : {68, 90, 22}) {
    EXPECT_NE(ask(), -1);
    EXPECT_EQ(hear(record).dropped, Drop::too_long);
    EXPECT_FALSE(hear(answer(registers_hex(registers, "0001"))).dropped);
  }
  EXPECT_EQ(station.counters().answers, 3U);
  EXPECT_EQ(dropped(Drop::too_long), 3U);
}

// What an AC300 pushes from register 100 on is not what newer stations have there: 36 % were read that way.
class FirstGeneration : public BuiltInMatching {
 protected:
  FirstGeneration() : BuiltInMatching("AC300", {{10, 5}, {70, 10}, {91, 10}}) {}

  // Unit, function, register, count, bytes; and as many registers.
  static std::string push_v1(std::string_view header_hex, int registers, std::string_view data_hex = "") {
    return "\x01" + framed(std::string(header_hex) + registers_hex(registers, data_hex)).substr(10);
  }
};

TEST_F(FirstGeneration, APushFrom100IsNotDecodedAsHomeData) {
  EXPECT_FALSE(hear(push_v1("01 10 0064 0004 08", 4, "0000 0000 0024 003c")).dropped) << "it has a pack there";
  EXPECT_EQ(value("soc"), "missing");
}

TEST_F(FirstGeneration, APushAcrossTheBordersOfBlocksFeedsEach) {
  EXPECT_FALSE(hear(push_v1("01 10 0046 003c 78", 60)).dropped);  // 70 to 129
  EXPECT_NE(value("selected_pack_soc"), "missing");
  EXPECT_NE(value("ac_output_frequency"), "missing");
}

TEST_F(FirstGeneration, APushOfAnotherUnitIsDropped) {
  EXPECT_EQ(hear(push_v1("02 10 0046 003c 78", 60)).dropped, Drop::other_unit);
}

// An Elite 200 V2 says 404 where it has nothing to say.
class NotFoundCodes : public BuiltInMatching {
 protected:
  NotFoundCodes() : BuiltInMatching("ELITE200V2", {{100, 5}}) {}
};

TEST_F(NotFoundCodes, AreAbsentInAnAnswer) {
  std::string data = registers_hex(85);
  data.replace(4 * 64, 4, "0194");  // register 164
  EXPECT_EQ(ask(), 100);
  hear(answer(data));
  EXPECT_EQ(value("self_sufficiency"), "");
}

TEST_F(NotFoundCodes, AreAbsentInAPushThatBeginsInsideTheBlock) {
  hear(push(164, "0032"));
  EXPECT_EQ(value("self_sufficiency"), "50");
  hear(push(164, "0194"));
  EXPECT_EQ(value("self_sufficiency"), "");
}

}  // namespace
}  // namespace bluetti::test
