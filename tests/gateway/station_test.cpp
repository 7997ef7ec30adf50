// SPDX-License-Identifier: MIT
// One station, stepped by hand: what it is asked, which answers are believed, when it counts as there.
#include "gateway/cloud/station.h"

#include <gtest/gtest.h>

#include "tests/gateway/fakes.h"

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::Drop;
using gateway::Reaction;
using gateway::Station;
using gateway::TimePoint;

//                                    100  101  102: SOC 87  103: 20 degrees
constexpr std::string_view kHomeData = "0000 0000 0057 003c 0000 0000";
//                                    50.0 Hz  1 phase  -120 W 230.1 V
constexpr std::string_view kGridData = "01f4 0001 ff88 08fd 0000 0000";

class StationTest : public testing::Test {
 protected:
  StationTest() { station.session_up(now); }

  // Sends the next request and returns the register it asks for; -1: nothing is asked now.
  int ask() {
    const auto request = station.next_request(now);
    return request ? asked_register(*request) : -1;
  }
  Reaction hear(std::string_view payload) { return station.on_message(payload, false, now); }

  // The known value of a field by its path, as it is published; "missing" if nothing is known.
  std::string value(std::string_view path) {
    for (const auto& block : station.blocks()) {
      for (std::size_t slot = 0; slot < block.decoder.slots().size(); ++slot) {
        if (block.decoder.slots()[slot].path != path) continue;
        const auto& known = block.current.values[slot];
        if (known.kind == schemas::ValueKind::missing) return "missing";
        std::array<char, schemas::kMaxFormatted> buffer{};
        return std::string(schemas::format(*block.decoder.slots()[slot].field, block.current, known, buffer));
      }
    }
    return "no such path";
  }

  void miss() {
    now += 5s;
    went_offline |= station.tick(now);
    now += 5s;
    went_offline |= station.tick(now);
  }

  TimePoint now{1h};
  gateway::Config config = test_config();
  Station station{config.stations[0], test_catalog(), 5s};
  bool went_offline = false;
};

TEST_F(StationTest, AsksInTheEnvelopeAndUnitOfItsModel) {
  const auto request = station.next_request(now);
  ASSERT_TRUE(request);
  EXPECT_EQ(asked_register(*request), 100);
  EXPECT_EQ(request->size(), 18U) << "ten bytes of envelope, eight of Modbus";
}

TEST_F(StationTest, AsksOneThingAtATime) {
  EXPECT_EQ(ask(), 100);
  EXPECT_EQ(ask(), -1);
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), 1300);
}

TEST_F(StationTest, AsksEachBlockAtItsOwnInterval) {
  ask();
  hear(answer(kHomeData));
  ask();
  hear(answer(kGridData));
  EXPECT_EQ(ask(), -1);
  now += 5s;
  EXPECT_EQ(ask(), 100);
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), -1);
  now += 5s;
  EXPECT_EQ(ask(), 100);
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), 1300);
}

TEST_F(StationTest, TakesValuesFromAnAnswer) {
  ask();
  const Reaction reaction = hear(answer(kHomeData));
  EXPECT_FALSE(reaction.dropped);
  EXPECT_TRUE(reaction.came_online);
  EXPECT_EQ(value("soc"), "87");
  EXPECT_EQ(value("temperature"), "20");
}

TEST_F(StationTest, ReportsOnlyWhatChanged) {
  ask();
  hear(answer(kHomeData));
  ask();
  hear(answer(kGridData));
  now += 5s;
  ask();
  EXPECT_TRUE(hear(answer(kHomeData)).updates.empty());
  now += 5s;
  ask();
  const Reaction reaction = hear(answer("0000 0000 0058 003c 0000 0000"));
  ASSERT_EQ(reaction.updates.size(), 1U);
  ASSERT_EQ(reaction.updates[0].slots.size(), 1U);
  EXPECT_EQ(value("soc"), "88");
}

TEST_F(StationTest, AShortAnswerLeavesTheRestAsItWas) {
  ask();
  hear(answer(kHomeData));
  ask();
  hear(answer(kGridData));
  now += 5s;
  ask();
  hear(answer("0000 0000 0059"));
  EXPECT_EQ(value("soc"), "89");
  EXPECT_EQ(value("temperature"), "20");
}

TEST_F(StationTest, ANotReportedTemperatureIsAbsentNotMinusForty) {
  ask();
  hear(answer("0000 0000 0057 0000 0000 0000"));
  EXPECT_EQ(value("temperature"), "");
}

TEST_F(StationTest, AnImplausibleValueIsDroppedAndCounted) {
  ask();
  hear(answer("0000 0000 00fc 003c 0000 0000"));
  EXPECT_EQ(value("soc"), "");
  EXPECT_EQ(station.counters().implausible, 1U);
}

TEST_F(StationTest, AnAnswerNobodyWaitsForIsDropped) {
  EXPECT_EQ(hear(answer(kHomeData)).dropped, Drop::unasked);
  EXPECT_FALSE(station.online());
}

TEST_F(StationTest, AnAnswerLongerThanAskedForIsDropped) {
  ask();
  EXPECT_EQ(hear(answer("0000 0000 0057 003c 0000 0000 0000")).dropped, Drop::too_long);
  EXPECT_EQ(hear(answer(kHomeData)).dropped, std::nullopt) << "the real answer still finds its question";
}

TEST_F(StationTest, AnAnswerWhoseEnvelopeNamesAnotherRegisterIsDropped) {
  ask();
  EXPECT_EQ(hear(answer(kHomeData, 0, 1300)).dropped, Drop::other_block);
  EXPECT_EQ(hear(answer(kHomeData, 0, 100)).dropped, std::nullopt);
}

TEST_F(StationTest, AnAnswerOfTheKnownSizeOfAnotherBlockIsDropped) {
  ask();
  hear(answer(kHomeData));
  ask();
  hear(answer("01f4 0001 ff88 08fd"));  // the grid block of this station is four registers long
  now += 5s;
  EXPECT_EQ(ask(), 100);
  EXPECT_EQ(hear(answer("01f4 0001 ff88 08fd")).dropped, Drop::other_block);
  EXPECT_EQ(value("soc"), "87");
}

TEST_F(StationTest, AFrameOfAnotherUnitIsDropped) {
  ask();
  EXPECT_EQ(hear(answer(kHomeData, 51)).dropped, Drop::other_unit);
}

TEST_F(StationTest, AFrameWithAWrongCrcIsDropped) {
  ask();
  std::string broken = answer(kHomeData);
  broken.back() = static_cast<char>(broken.back() ^ 1);
  const Reaction reaction = hear(broken);
  EXPECT_EQ(reaction.dropped, Drop::broken_frame);
  EXPECT_FALSE(reaction.detail.empty());
  EXPECT_EQ(hear(answer(kHomeData)).dropped, std::nullopt);
}

TEST_F(StationTest, ATruncatedFrameIsDroppedAtEveryLength) {
  ask();
  const std::string whole = answer(kHomeData);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_TRUE(hear(whole.substr(0, length)).dropped) << length;
  }
}

TEST_F(StationTest, ARetainedMessageIsNotTheStationSpeaking) {
  ask();
  EXPECT_EQ(station.on_message(answer(kHomeData), true, now).dropped, Drop::retained);
  EXPECT_FALSE(station.online());
}

TEST_F(StationTest, APushIsTakenAtAnyTimeByItsOwnRegister) {
  ask();  // an answer to block 100 is awaited
  const Reaction reaction = hear(push(1300, kGridData));
  EXPECT_FALSE(reaction.dropped);
  EXPECT_EQ(value("grid_frequency"), "50");
  EXPECT_EQ(value("grid_phase/1/power"), "-120");
  EXPECT_EQ(value("soc"), "missing");
  EXPECT_FALSE(hear(answer(kHomeData)).dropped) << "the read is still in flight";
}

TEST_F(StationTest, APushMayBeginInsideABlock) {
  hear(push(102, "0040"));
  EXPECT_EQ(value("soc"), "64");
  EXPECT_EQ(value("temperature"), "missing");
}

TEST_F(StationTest, ABlockThatWasPushedWholeIsNotPolledSoon) {
  ask();
  hear(answer(kHomeData));
  hear(push(1300, kGridData));
  EXPECT_EQ(ask(), -1);
  now += 5s;
  EXPECT_EQ(ask(), 100);
}

TEST_F(StationTest, APushOfUnknownRegistersIsDropped) {
  EXPECT_EQ(hear(push(9000, "0001")).dropped, Drop::no_schema);
}

TEST_F(StationTest, ItemsBeyondTheCountBecomeAbsent) {
  hear(push(1300, "01f4 0002 0001 08fd 0002 08fd"));
  EXPECT_EQ(value("grid_phase/2/power"), "2");
  hear(push(1300, "01f4 0001 0001 08fd 0002 08fd"));
  EXPECT_EQ(value("grid_phase/2/power"), "");
}

TEST_F(StationTest, AnIllegalAddressStopsTheBlockUntilTheNextSession) {
  ask();
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), 1300);
  const Reaction reaction = hear(exception(2));
  EXPECT_EQ(reaction.refused_block, 1U);
  now += 10s;
  EXPECT_EQ(ask(), 100);
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), -1);
  station.session_down();
  station.session_up(now);
  ask();
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), 1300);
}

TEST_F(StationTest, AnotherExceptionIsAskedAgainAtTheNextPoll) {
  EXPECT_EQ(ask(), 100);
  const Reaction reaction = hear(exception(6));
  EXPECT_EQ(reaction.exception, 6);
  EXPECT_FALSE(reaction.refused_block);
  EXPECT_TRUE(station.online()) << "who refuses is there";
  EXPECT_EQ(ask(), 1300);
  hear(answer(kGridData));
  now += 5s;
  EXPECT_EQ(ask(), 100);
}

TEST_F(StationTest, IsOfflineAfterThreeMissedAnswersInARow) {
  ask();
  hear(answer(kHomeData));
  for (int miss_number = 1; miss_number <= 3; ++miss_number) {
    EXPECT_TRUE(station.online()) << miss_number;
    EXPECT_NE(ask(), -1);
    miss();
  }
  EXPECT_FALSE(station.online());
  EXPECT_TRUE(went_offline);
  EXPECT_EQ(station.counters().timeouts, 3U);
}

TEST_F(StationTest, IsAskedGentlyWhileOfflineAndWelcomedBack) {
  for (int count = 0; count < 3; ++count) {
    ask();
    miss();
  }
  now += 59s;
  EXPECT_EQ(ask(), -1);
  now += 1s;
  EXPECT_NE(ask(), -1);
  EXPECT_TRUE(hear(answer(kHomeData)).came_online);
  EXPECT_NE(ask(), -1) << "back to its rhythm";
}

TEST_F(StationTest, AWordOfItsOwnEndsTheGentleAsking) {
  for (int count = 0; count < 3; ++count) {
    ask();
    miss();
  }
  now += 10s;
  EXPECT_EQ(ask(), -1);
  EXPECT_TRUE(hear(push(102, "0040")).came_online);
  EXPECT_NE(ask(), -1);
}

TEST_F(StationTest, ABlockThatIsRefusedHasNoValuesAnyMore) {
  ask();
  hear(answer(kHomeData));
  hear(push(1300, kGridData));
  EXPECT_EQ(value("grid_frequency"), "50");
  now += 10s;
  EXPECT_EQ(ask(), 100);
  hear(answer(kHomeData));
  EXPECT_EQ(ask(), 1300);
  EXPECT_FALSE(hear(exception(2)).updates.empty());
  EXPECT_EQ(value("grid_frequency"), "");
}

TEST_F(StationTest, ALateAnswerMeetsItsOwnQuestion) {
  EXPECT_EQ(ask(), 100);
  now += 7s;
  EXPECT_FALSE(station.tick(now));
  EXPECT_EQ(ask(), -1) << "nothing new is asked while the old answer may still come";
  EXPECT_FALSE(hear(answer(kHomeData)).dropped);
  EXPECT_EQ(value("soc"), "87");
  EXPECT_EQ(ask(), 1300);
}

TEST_F(StationTest, AVeryLateAnswerIsNotTakenForTheNextQuestion) {
  ask();
  hear(answer(kHomeData));
  ask();
  hear(answer("01f4 0001 ff88 08fd"));
  now += 5s;
  EXPECT_EQ(ask(), 100);
  miss();
  EXPECT_EQ(ask(), 1300);
  EXPECT_EQ(hear(answer(kHomeData)).dropped, Drop::other_block);
}

TEST_F(StationTest, ALostSessionEndsTheWaitingReadAtOnce) {
  EXPECT_EQ(ask(), 100);
  station.session_down();
  EXPECT_EQ(hear(answer(kHomeData)).dropped, Drop::unasked);
  station.session_up(now);
  EXPECT_EQ(ask(), 100);
}

TEST_F(StationTest, StaysOnlineThroughAShortLossOfTheSessionOnly) {
  ask();
  hear(answer(kHomeData));
  station.session_down();
  now += 89s;
  EXPECT_FALSE(station.tick(now));
  EXPECT_TRUE(station.online());
  EXPECT_EQ(station.next_action(), now + 1s);
  now += 1s;
  EXPECT_TRUE(station.tick(now));
  EXPECT_FALSE(station.online());
}

TEST_F(StationTest, HasGoneRoundWhenEveryBlockWasDealtWith) {
  ask();
  hear(answer(kHomeData));
  EXPECT_FALSE(station.went_round());
  ask();
  hear(exception(2));
  EXPECT_TRUE(station.went_round());
}

}  // namespace
}  // namespace bluetti::test
