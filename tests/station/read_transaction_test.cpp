// SPDX-License-Identifier: MIT
// One read on demand, stepped by hand.
#include "gateway/station/read_transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "tests/support/fakes.h"
#include "tests/support/station_fixture.h"

namespace bluetti::test {
namespace {

using namespace gateway;
using testing::HasSubstr;

// A station that polls nothing, so that all it asks is for the transaction.
class ReadTransactionTest : public testing::Test {
 protected:
  ReadTransactionTest() { station.session_up(now); }

  static const schemas::Model& model() { return *test_catalog().model("TEST"); }
  static RegisterRange block(std::uint16_t id) {
    const schemas::Block* block = test_catalog().block(id);
    return {.first = id, .count = model().registers_of(*block), .block = block};
  }
  static RegisterRange registers(std::uint16_t first, int count) {
    return {.first = first, .count = count, .block = nullptr};
  }
  void begin(const RegisterRange& range, int attempts = 3) {
    outcome.reset();
    auto made = std::make_unique<ReadTransaction>(model(), range, ReadPolicy{.retry = {.attempts = attempts}},
                                                  now + 30s, [this](ReadOutcome came) { outcome = std::move(came); });
    read = made.get();
    station.submit(std::move(made));
  }
  // The register that is asked for now; -1: none.
  int ask() { return asked_register(station.next_request(now).value_or("")); }
  bool hear(const std::string& payload) { return !station.on_message(payload, false, now).dropped; }
  void pass(Duration time) {
    now += time;
    (void)station.tick(now);
  }
  [[nodiscard]] const RegisterData* data() const { return outcome ? std::get_if<RegisterData>(&*outcome) : nullptr; }
  [[nodiscard]] const ReadFailure* failure() const { return outcome ? std::get_if<ReadFailure>(&*outcome) : nullptr; }

  TimePoint now{1h};
  DecoderCache decoders{test_catalog()};
  Station station{{.model = &model(), .poll = {}}, decoders};
  const ReadTransaction* read = nullptr;  // until there is an outcome
  std::optional<ReadOutcome> outcome;
};

TEST_F(ReadTransactionTest, IsAnsweredWithTheRegistersAndThePayload) {
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

// A change is shown as soon as it is read back.
TEST(ReadForSomebody, IsNewsOfTheStationToo) {
  TimePoint now{1h};
  DecoderCache decoders{test_catalog()};
  Station station({.model = test_catalog().model("TEST"), .poll = {{100, 60.0}}}, decoders);
  station.session_up(now, 30s);
  station.submit(std::make_unique<ReadTransaction>(*test_catalog().model("TEST"),
                                                   RegisterRange{.first = 102, .count = 1, .block = nullptr},
                                                   ReadPolicy{}, now + 30s, [](const ReadOutcome&) {}));
  ASSERT_EQ(asked_register(station.next_request(now).value_or("")), 102);
  const Reaction reaction = station.on_message(answer("0057"), false, now);
  ASSERT_EQ(reaction.updates.size(), 1U);
  EXPECT_EQ(reaction.updates[0].slots.size(), 1U) << "the level of charge, and nothing that was not read";
}

TEST_F(ReadTransactionTest, AsksAgainWithGrowingDelaysAndThenGivesUp) {
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
  begin(registers(5000, 3));
  EXPECT_EQ(ask(), -1) << "a late answer must not meet the next question";
  pass(5s);
  EXPECT_EQ(ask(), 5000);
}

TEST_F(ReadTransactionTest, OneAttemptIsOneAttempt) {
  begin(block(1300), 1);
  EXPECT_EQ(ask(), 1300);
  pass(5s);
  ASSERT_NE(failure(), nullptr);
  EXPECT_EQ(failure()->reason, "no answer");
}

TEST_F(ReadTransactionTest, PassesOverWhatIsNotItsAnswer) {
  begin(block(1300));
  EXPECT_FALSE(hear(answer(kGridData))) << "nothing was asked yet";
  (void)ask();
  EXPECT_FALSE(hear(answer(kGridData, 1))) << "another unit";
  EXPECT_FALSE(hear(answer(kGridData, 0, 100))) << "another register, by the envelope";
  EXPECT_FALSE(hear(answer(registers_hex(7)))) << "longer than asked for";
  EXPECT_FALSE(hear(push(1300, kGridData))) << "of a block that is not polled";
  EXPECT_FALSE(hear("noise"));
  EXPECT_FALSE(outcome);
  EXPECT_TRUE(hear(answer(kGridData)));
}

TEST_F(ReadTransactionTest, BelievesAShortAnswerWhenItCameTwice) {
  begin(block(1300));
  (void)ask();
  EXPECT_TRUE(hear(answer("01f4 0001")));
  EXPECT_FALSE(outcome);
  EXPECT_EQ(ask(), 1300);
  EXPECT_TRUE(hear(answer("01f4 0001")));
  ASSERT_NE(data(), nullptr);
  EXPECT_EQ(data()->data.size(), 4U);
}

TEST_F(ReadTransactionTest, AShortAnswerOfSomebodyElseIsNotTaken) {
  begin(block(1300));
  (void)ask();
  EXPECT_TRUE(hear(answer("0057 003c")));
  EXPECT_EQ(ask(), 1300);
  EXPECT_TRUE(hear(answer(kGridData)));
  ASSERT_NE(data(), nullptr);
  EXPECT_EQ(data()->data.size(), 12U);
}

TEST_F(ReadTransactionTest, ReadsALongRangeInPartsOfAtMost125Registers) {
  begin(registers(5000, 200));
  EXPECT_EQ(ask(), 5000);
  EXPECT_TRUE(hear(answer(registers_hex(125, "0001"))));
  EXPECT_EQ(ask(), 5125);
  EXPECT_TRUE(hear(answer(registers_hex(75, "0002"))));
  ASSERT_NE(data(), nullptr);
  EXPECT_EQ(data()->data.size(), 400U);
  EXPECT_EQ(data()->payloads.size(), 2U);
}

TEST_F(ReadTransactionTest, ADoubledAnswerIsNotTakenForTheNextPart) {
  begin(registers(5000, 250));
  (void)ask();
  EXPECT_TRUE(hear(answer(registers_hex(125, "0001"))));
  (void)ask();
  EXPECT_FALSE(hear(answer(registers_hex(125, "0001"))));
  EXPECT_TRUE(hear(answer(registers_hex(125, "0002"))));
}

TEST_F(ReadTransactionTest, ADoubledAnswerIsNotTakenForTheNextRead) {
  begin(registers(5000, 2));
  (void)ask();
  EXPECT_TRUE(hear(answer("0001 0002")));
  begin(registers(6000, 2));
  (void)ask();
  EXPECT_FALSE(hear(answer("0001 0002")));
  EXPECT_TRUE(hear(answer("0003 0004")));
}

// A read that was never answered, whose answer may still come.
class AfterASilentRead : public ReadTransactionTest {
 protected:
  void be_silent_on(const RegisterRange& range) {
    begin(range, 1);
    (void)ask();
    pass(5s);
    EXPECT_NE(failure(), nullptr);
    pass(5s);
  }
};

TEST_F(AfterASilentRead, OneThatItsLateAnswerWouldFitAsksForLess) {
  be_silent_on(registers(100, 6));
  begin(block(1300));
  EXPECT_EQ(ask(), 1300);
  EXPECT_FALSE(hear(answer(kGridData))) << "twelve bytes, and twelve are what the other one asked for";
  EXPECT_FALSE(outcome);
}

TEST_F(AfterASilentRead, OneThatCannotBeToldFromItIsPutOff) {
  be_silent_on(registers(100, 1));
  begin(registers(5000, 1));
  EXPECT_EQ(ask(), -1);
  ASSERT_NE(failure(), nullptr);
  EXPECT_EQ(failure()->kind, FailureKind::busy);
  EXPECT_GT(failure()->retry, 0s);
}

TEST_F(AfterASilentRead, TheSameOneIsAskedAsItWas) {
  be_silent_on(registers(5000, 1));
  begin(registers(5000, 1));
  EXPECT_EQ(ask(), 5000);
}

// An exception does not say to which read it is the answer, so the late answer is still to be reckoned with.
TEST_F(AfterASilentRead, AnExceptionDoesNotSettleWhichReadItAnswers) {
  be_silent_on(registers(100, 2));
  begin(registers(5000, 1), 1);
  (void)ask();
  EXPECT_FALSE(hear(exception(6)));
  pass(5s);
  pass(5s);
  begin(registers(6000, 1), 1);
  EXPECT_EQ(ask(), -1) << "two bytes may still come, of register 5000";
}

TEST_F(ReadTransactionTest, WhatWasAnsweredIsExpectedNoMore) {
  begin(registers(100, 6));
  (void)ask();
  EXPECT_TRUE(hear(answer(kHomeData)));
  begin(registers(1300, 6));
  (void)ask();
  EXPECT_TRUE(hear(answer(kGridData)));
  EXPECT_NE(data(), nullptr);
}

TEST_F(ReadTransactionTest, ThatWaitsTooLongForItsTurnIsGivenUp) {
  begin(registers(5000, 2));
  (void)ask();
  begin(registers(6000, 2));
  for (int attempt = 0; attempt < 6; ++attempt) {
    pass(5s);
    (void)ask();
  }
  ASSERT_NE(failure(), nullptr);
  EXPECT_EQ(failure()->kind, FailureKind::disconnected);
}

TEST_F(ReadTransactionTest, ARangeThatIsRefusedIsNotAskedAgain) {
  begin(registers(5000, 4));
  (void)ask();
  EXPECT_TRUE(hear(exception(2)));
  ASSERT_NE(failure(), nullptr);
  EXPECT_EQ(failure()->kind, FailureKind::refused);
  EXPECT_THAT(failure()->reason, HasSubstr("illegal data address"));
}

TEST_F(ReadTransactionTest, ABlockThatReachesTooFarIsReadAsFarAsItGoes) {
  begin(block(1300));
  (void)ask();
  EXPECT_TRUE(hear(exception(2)));
  EXPECT_FALSE(outcome);
  EXPECT_EQ(ask(), 1300);
}

TEST_F(ReadTransactionTest, ABusyStationIsAskedAgain) {
  begin(block(1300));
  (void)ask();
  EXPECT_TRUE(hear(exception(6)));
  EXPECT_FALSE(outcome);
  pass(500ms);
  EXPECT_EQ(ask(), 1300);
  EXPECT_TRUE(hear(answer(kGridData)));
  EXPECT_NE(data(), nullptr);
}

TEST(RetryPolicy, DoublesTheDelayUpToTheLongest) {
  const RetryPolicy policy{.attempts = 9, .initial_delay = 500ms, .longest_delay = 3s};
  EXPECT_EQ(policy.delay_after(1), 500ms);
  EXPECT_EQ(policy.delay_after(2), 1s);
  EXPECT_EQ(policy.delay_after(3), 2s);
  EXPECT_EQ(policy.delay_after(4), 3s);
  EXPECT_EQ(policy.delay_after(100), 3s);
}

}  // namespace
}  // namespace bluetti::test
