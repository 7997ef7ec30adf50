// SPDX-License-Identifier: MIT
// A Modbus answer does not say which registers it holds. What comes late must not be taken for something else.
#include "gateway/station/late_answers.h"

#include <gmock/gmock.h>

#include "tests/support/station_fixture.h"

namespace bluetti::test {
namespace {

using gateway::Drop;
using gateway::LateAnswers;
using protocol::ReadRequest;

constexpr ReadRequest kHome{1, 100, 6};
constexpr ReadRequest kGrid{1, 1300, 6};
constexpr std::size_t kBytes = 12;
constexpr gateway::TimePoint kAsked{1h};

TEST(LateAnswers, OfOneReadCouldBeAnothersOfThatSizeOnly) {
  LateAnswers late;
  EXPECT_FALSE(late.could_be_another(kGrid, kBytes, kAsked));
  late.expect(kHome, kBytes, kAsked);
  EXPECT_TRUE(late.could_be_another(kGrid, kBytes, kAsked));
  EXPECT_FALSE(late.could_be_another(kGrid, kBytes - 2, kAsked));
  EXPECT_FALSE(late.could_be_another(kHome, kBytes, kAsked)) << "whichever it answers, it is true";
}

TEST(LateAnswers, MayBeAsShortAsThisStationsAnswersAre) {
  LateAnswers late;
  late.expect(kHome, kBytes - 4, kAsked);
  EXPECT_TRUE(late.could_be_another(kGrid, kBytes, kAsked));
  EXPECT_TRUE(late.could_be_another(kGrid, kBytes - 4, kAsked));
}

TEST(LateAnswers, AreWaitedForTwoMinutes) {
  LateAnswers late;
  late.expect(kHome, kBytes, kAsked);
  EXPECT_TRUE(late.could_be_another(kGrid, kBytes, kAsked + 119s));
  EXPECT_FALSE(late.could_be_another(kGrid, kBytes, kAsked + 120s));
}

TEST(LateAnswers, AreWaitedForUntilTheyCome) {
  LateAnswers late;
  late.expect(kHome, kBytes, kAsked);
  late.expect(kHome, kBytes, kAsked);
  late.came(kBytes);
  EXPECT_TRUE(late.could_be_another(kGrid, kBytes, kAsked)) << "one of two";
  late.came(kHome);
  EXPECT_FALSE(late.could_be_another(kGrid, kBytes, kAsked));
}

// Blocks 100 and 1300 have six registers each.
using LateAnswer = StationFixture;

TEST_F(LateAnswer, IsNotTakenForTheNextQuestionsOfTheSameSize) {
  ask_and_answer(6, kHomeData);
  EXPECT_EQ(ask(), 1300);
  miss();
  EXPECT_EQ(ask_range(), (Asked{100, 4})) << "not six: the answer to block 1300 may still come";
  EXPECT_EQ(hear(answer(kGridData)).dropped, Drop::too_long);
  EXPECT_EQ(value("soc"), "87");
}

TEST_F(LateAnswer, LeavesThePollToTwoShorterReads) {
  ask_and_answer(6, kHomeData);
  ask();
  miss();
  EXPECT_EQ(ask_and_answer(4, "0000 0000 0058 003c"), (Asked{100, 4}));
  EXPECT_EQ(value("soc"), "88");
  EXPECT_EQ(ask_and_answer(2), (Asked{104, 2}));
}

TEST_F(LateAnswer, ThatHasComeLeavesTheNextQuestionsAlone) {
  ask_and_answer(6, kHomeData);
  ask();
  miss();
  EXPECT_EQ(hear(answer(kGridData)).dropped, Drop::unasked);
  EXPECT_EQ(ask_range(), (Asked{100, 6}));
}

TEST_F(LateAnswer, OutlivesTheSessionInWhichItWasAskedFor) {
  EXPECT_EQ(ask_and_answer(6, kHomeData), (Asked{100, 6}));
  EXPECT_EQ(ask(), 1300);
  station.session_down(now, "the session ended");
  station.session_up(now);
  EXPECT_EQ(ask_range(), (Asked{100, 4}));
}

TEST_F(LateAnswer, IsForgottenAfterTwoMinutes) {
  ask_and_answer(6, kHomeData);
  ask();
  miss();
  now += 2min;
  EXPECT_EQ(ask_range(), (Asked{100, 6}));
}

TEST_F(LateAnswer, ThatIsARefusalDoesNotRefuseAnotherBlock) {
  ask_and_answer(6, kHomeData);
  ask();
  miss();
  EXPECT_EQ(ask(), 100);
  const gateway::Reaction reaction = hear(exception(2));
  EXPECT_EQ(reaction.dropped, Drop::other_block);
  EXPECT_FALSE(reaction.refused_block);
  EXPECT_FALSE(hear(answer("0000 0000 0058 003c")).dropped) << "the true answer is still waited for";
  EXPECT_EQ(value("soc"), "88");
}

}  // namespace
}  // namespace bluetti::test
