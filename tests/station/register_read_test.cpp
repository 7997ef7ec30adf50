// SPDX-License-Identifier: MIT
// One read on demand, stepped by hand.
#include "gateway/station/register_read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fakes.h"
#include "tests/support/station_fixture.h"

namespace bluetti::test {
namespace {

using namespace gateway::read;
using testing::HasSubstr;

class RegisterReadTest : public testing::Test {
 protected:
  static const schemas::Model& model() { return *test_catalog().model("TEST"); }
  static RegisterRange block(std::uint16_t id) {
    const schemas::Block* block = test_catalog().block(id);
    return {.first = id, .count = model().registers_of(*block), .block = block};
  }
  void begin(const RegisterRange& range, int attempts = 3) {
    read.emplace(model(), range, ReadPolicy{.attempts = attempts}, late, now);
  }
  // The register that is asked for now; -1: none.
  int ask() { return read->wants_to_ask(now) ? asked_register(read->next_request(now).value_or("")) : -1; }
  bool hear(const std::string& payload) { return read->on_message(payload, now); }
  void pass(gateway::Duration time) {
    now += time;
    read->tick(now);
  }
  [[nodiscard]] const RegisterData* data() const {
    return read->outcome() ? std::get_if<RegisterData>(&*read->outcome()) : nullptr;
  }
  [[nodiscard]] const ReadFailure* failure() const {
    return read->outcome() ? std::get_if<ReadFailure>(&*read->outcome()) : nullptr;
  }

  gateway::TimePoint now{1h};
  gateway::LateAnswers late;
  std::optional<RegisterRead> read;
};

TEST_F(RegisterReadTest, IsAnsweredWithTheRegistersAndThePayload) {
  begin(block(1300));
  EXPECT_EQ(ask(), 1300);
  const std::string payload = answer(kGridData);
  EXPECT_TRUE(hear(payload));
  ASSERT_NE(data(), nullptr);
  EXPECT_EQ(data()->first, 1300);
  EXPECT_EQ(data()->data.size(), 12U);
  ASSERT_EQ(data()->payloads.size(), 1U);
  EXPECT_EQ(data()->payloads[0].size(), payload.size());
}

TEST_F(RegisterReadTest, AsksAgainWithGrowingDelaysAndThenGivesUp) {
  begin(block(1300));
  EXPECT_EQ(ask(), 1300);
  pass(5s);
  EXPECT_EQ(ask(), -1);
  pass(500ms);
  EXPECT_EQ(ask(), 1300);
  EXPECT_EQ(read->attempt(), 2);
  pass(5s);
  pass(999ms);
  EXPECT_EQ(ask(), -1);
  pass(1ms);
  EXPECT_EQ(ask(), 1300);
  pass(5s);
  ASSERT_NE(failure(), nullptr);
  EXPECT_EQ(failure()->kind, FailureKind::silent);
  EXPECT_EQ(failure()->reason, "no answer in 3 attempts");
  EXPECT_EQ(read->quiet_until(), now + 5s) << "a late answer must not meet the next question";
}

TEST_F(RegisterReadTest, OneAttemptIsOneAttempt) {
  begin(block(1300), 1);
  EXPECT_EQ(ask(), 1300);
  pass(5s);
  ASSERT_NE(failure(), nullptr);
  EXPECT_EQ(failure()->reason, "no answer");
}

TEST_F(RegisterReadTest, PassesOverWhatIsNotItsAnswer) {
  begin(block(1300));
  EXPECT_FALSE(hear(answer(kGridData))) << "nothing was asked yet";
  (void)ask();
  EXPECT_FALSE(hear(answer(kGridData, 1))) << "another unit";
  EXPECT_FALSE(hear(answer(kGridData, 0, 100))) << "another register, by the envelope";
  EXPECT_FALSE(hear(answer(registers_hex(7)))) << "longer than asked for";
  EXPECT_FALSE(hear(push(1300, kGridData)));
  EXPECT_FALSE(hear("noise"));
  EXPECT_FALSE(read->outcome());
  EXPECT_TRUE(hear(answer(kGridData)));
}

TEST_F(RegisterReadTest, BelievesAShortAnswerWhenItCameTwice) {
  begin(block(1300));
  (void)ask();
  EXPECT_TRUE(hear(answer("01f4 0001")));
  EXPECT_FALSE(read->outcome());
  EXPECT_EQ(ask(), 1300);
  EXPECT_TRUE(hear(answer("01f4 0001")));
  ASSERT_NE(data(), nullptr);
  EXPECT_EQ(data()->data.size(), 4U);
}

TEST_F(RegisterReadTest, AShortAnswerOfSomebodyElseIsNotTaken) {
  begin(block(1300));
  (void)ask();
  EXPECT_TRUE(hear(answer("0057 003c")));
  EXPECT_EQ(ask(), 1300);
  EXPECT_TRUE(hear(answer(kGridData)));
  ASSERT_NE(data(), nullptr);
  EXPECT_EQ(data()->data.size(), 12U);
  EXPECT_GT(read->quiet_until(), now) << "the answer to the other question may still come";
}

TEST_F(RegisterReadTest, ReadsALongRangeInPartsOfAtMost125Registers) {
  begin({.first = 5000, .count = 200, .block = nullptr});
  EXPECT_EQ(ask(), 5000);
  EXPECT_TRUE(hear(answer(registers_hex(125, "0001"))));
  EXPECT_EQ(ask(), 5125);
  EXPECT_TRUE(hear(answer(registers_hex(75, "0002"))));
  ASSERT_NE(data(), nullptr);
  EXPECT_EQ(data()->data.size(), 400U);
  EXPECT_EQ(data()->payloads.size(), 2U);
}

TEST_F(RegisterReadTest, ADoubledAnswerIsNotTakenForTheNextPart) {
  begin({.first = 5000, .count = 250, .block = nullptr});
  (void)ask();
  EXPECT_TRUE(hear(answer(registers_hex(125, "0001"))));
  (void)ask();
  EXPECT_FALSE(hear(answer(registers_hex(125, "0001"))));
  EXPECT_TRUE(hear(answer(registers_hex(125, "0002"))));
}

TEST_F(RegisterReadTest, ADoubledAnswerIsNotTakenForTheNextRead) {
  begin({.first = 5000, .count = 2, .block = nullptr});
  (void)ask();
  EXPECT_TRUE(hear(answer("0001 0002")));
  const LastAnswer before = read->last_answer();
  read.emplace(model(), RegisterRange{.first = 6000, .count = 2, .block = nullptr}, ReadPolicy{}, late, now, before);
  (void)ask();
  EXPECT_FALSE(hear(answer("0001 0002")));
  EXPECT_TRUE(hear(answer("0003 0004")));
}

TEST_F(RegisterReadTest, AReadThatTheLateAnswerToAnotherWouldFitAsksForLess) {
  late.expect({.unit = 1, .first_register = 100, .count = 6}, 12, now);
  begin(block(1300));
  const std::string request(read->next_request(now).value_or(""));
  EXPECT_EQ(asked_register(request), 1300);
  EXPECT_FALSE(hear(answer(kGridData))) << "twelve bytes, and twelve are what the other one asked for";
  EXPECT_FALSE(read->outcome());
}

TEST_F(RegisterReadTest, AReadThatCannotBeToldFromALateOneIsPutOff) {
  late.expect({.unit = 1, .first_register = 100, .count = 1}, 2, now);
  begin({.first = 5000, .count = 1, .block = nullptr});
  EXPECT_EQ(read->next_request(now), std::nullopt);
  ASSERT_NE(failure(), nullptr);
  EXPECT_EQ(failure()->kind, FailureKind::busy);
  EXPECT_GT(failure()->retry, 0s);
}

TEST_F(RegisterReadTest, WhatWasNotAnsweredIsExpectedBySizeFromThenOn) {
  begin({.first = 5000, .count = 6, .block = nullptr}, 1);
  (void)ask();
  pass(5s);
  EXPECT_NE(failure(), nullptr);
  EXPECT_TRUE(late.could_be_another({.unit = 1, .first_register = 1300, .count = 6}, 12, now));
}

TEST_F(RegisterReadTest, WhatWasAnsweredIsExpectedNoMore) {
  begin(block(1300));
  (void)ask();
  EXPECT_TRUE(hear(answer(kGridData)));
  EXPECT_FALSE(late.could_be_another({.unit = 1, .first_register = 100, .count = 6}, 12, now));
}

TEST_F(RegisterReadTest, ARangeThatIsRefusedIsNotAskedAgain) {
  begin({.first = 5000, .count = 4, .block = nullptr});
  (void)ask();
  EXPECT_TRUE(hear(exception(2)));
  ASSERT_NE(failure(), nullptr);
  EXPECT_EQ(failure()->kind, FailureKind::refused);
  EXPECT_THAT(failure()->reason, HasSubstr("illegal data address"));
}

TEST_F(RegisterReadTest, ABlockThatReachesTooFarIsReadAsFarAsItGoes) {
  begin(block(1300));
  (void)ask();
  EXPECT_TRUE(hear(exception(2)));
  EXPECT_FALSE(read->outcome());
  EXPECT_EQ(ask(), 1300);
}

TEST_F(RegisterReadTest, ABusyStationIsAskedAgain) {
  begin(block(1300));
  (void)ask();
  EXPECT_TRUE(hear(exception(6)));
  EXPECT_FALSE(read->outcome());
  pass(500ms);
  EXPECT_EQ(ask(), 1300);
  EXPECT_TRUE(hear(answer(kGridData)));
  EXPECT_NE(data(), nullptr);
}

TEST(ReadPolicy, DoublesTheDelayUpToTheLongest) {
  const ReadPolicy policy{.attempts = 9, .first_delay = 500ms, .longest_delay = 3s};
  EXPECT_EQ(policy.delay_after(1), 500ms);
  EXPECT_EQ(policy.delay_after(2), 1s);
  EXPECT_EQ(policy.delay_after(3), 2s);
  EXPECT_EQ(policy.delay_after(4), 3s);
  EXPECT_EQ(policy.delay_after(100), 3s);
}

}  // namespace
}  // namespace bluetti::test
