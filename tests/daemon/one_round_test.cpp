// SPDX-License-Identifier: MIT
// `run --once` without a network: when the round is over, and what is said of those who did not answer.
#include "gateway/daemon/one_round.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/stepped_gateway.h"
#include "tests/support/fakes.h"
#include "tests/support/log_capture.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class OneRound : public SteppedGateway {
 protected:
  void SetUp() override {}

  [[nodiscard]] bool report() {
    log_.clear();
    return report_round(*daemon);
  }
  [[nodiscard]] std::string log() const { return log_.text(); }

 private:
  LogCapture log_;
};

TEST_F(OneRound, IsOverWhenAStationDoesNotAnswerAndNamesIt) {
  build(test_config(2));
  connect_both();
  const auto start = clock.now();
  while (!daemon->round_complete() && clock.now() < start + 10min) {
    hear(answer(kHomeData), "PUB/TEST/1001");
    hear(answer(kGridData), "PUB/TEST/1001");
    pass(1s);
  }
  EXPECT_LE(clock.now() - start, 35s) << "three reads of 5 s, each waited for once more";
  EXPECT_FALSE(report());
  EXPECT_THAT(log(), HasSubstr("[two] did not answer"));
  EXPECT_THAT(log(), Not(HasSubstr("[one]")));
}

TEST_F(OneRound, OfStationsThatAllAnswerLacksNothing) {
  build(test_config(1));
  connect_both();
  answer_round();
  ASSERT_TRUE(daemon->round_complete());
  EXPECT_TRUE(report());
  EXPECT_EQ(log(), "");
}

TEST_F(OneRound, EndsWhenAStationIsAlwaysBusyAndNamesWhatIsMissing) {
  build(test_config(1));
  connect_both();
  const auto start = clock.now();
  while (!daemon->round_complete() && clock.now() < start + 10min) {
    hear(exception(6));
    pass(1s);
  }
  EXPECT_LE(clock.now() - start, 30s);
  EXPECT_FALSE(report());
  EXPECT_THAT(log(), HasSubstr("[one] did not answer everything in time: missing are 100 ("));
  EXPECT_THAT(log(), HasSubstr("1300 ("));
}

TEST_F(OneRound, OfAStationThatRefusesEveryReadIsNotComplete) {
  build(test_config(1));
  connect_both();
  for (int turn = 0; turn < 20 && !daemon->round_complete(); ++turn) {
    hear(exception(2));
    pass(100ms);
  }
  ASSERT_TRUE(daemon->round_complete());
  EXPECT_FALSE(report());
  EXPECT_THAT(log(), HasSubstr("[one] gave nothing: it refused every read"));
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
}

TEST_F(OneRound, NamesAStationWhoseModelIsNotKnown) {
  gateway::Config config = test_config();
  config.stations[0].model = nullptr;
  config.stations[0].automatic = true;
  config.stations[0].poll.clear();
  build(std::move(config));
  connect_both();
  EXPECT_FALSE(report());
  EXPECT_THAT(log(), HasSubstr("[one] has sent nothing"));
}

TEST_F(OneRound, SaysThatTheLocalBrokerTookNotEverything) {
  build(test_config());
  connect_both();
  local->accepts = false;
  answer_round();
  EXPECT_FALSE(report());
  EXPECT_THAT(log(), HasSubstr("[local] the broker has not taken everything"));
}

TEST(LongestRound, IsAMinuteToConnectAndOneTimeOutForEachReadOfAStation) {
  gateway::Config config = test_config(3);
  config.accounts[0].answer_timeout = 5s;
  config.accounts[0].requests_per_minute = 6;
  EXPECT_EQ(longest_round(config), 60s + 60s + 2 * 2 * 5s) << "6 reads at 6 a minute, 2 of a station time out";
}

}  // namespace
}  // namespace bluetti::test
