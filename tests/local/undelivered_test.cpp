// SPDX-License-Identifier: MIT
#include "gateway/local/undelivered.h"

#include <gtest/gtest.h>

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;

class UndeliveredTest : public testing::Test {
 protected:
  gateway::Undelivered topics;
  gateway::TimePoint now{1h};
};

TEST_F(UndeliveredTest, ATopicCountsUntilItWasSentAgainWithoutComplaint) {
  topics.failed("bluetti/one/soc");
  topics.tick(now += 1h);
  EXPECT_EQ(topics.count(), 1U);
  topics.sent("bluetti/one/soc");
  topics.tick(now);
  topics.tick(now + 9s);
  EXPECT_EQ(topics.count(), 1U);
  topics.tick(topics.next_action());
  EXPECT_EQ(topics.count(), 0U);
}

TEST_F(UndeliveredTest, AComplaintAboutTheNextMessageCountsAsWell) {
  topics.failed("bluetti/one/soc");
  topics.sent("bluetti/one/soc");
  topics.tick(now);
  topics.failed("bluetti/one/soc");
  topics.tick(now + 1h);
  EXPECT_EQ(topics.count(), 1U);
}

TEST_F(UndeliveredTest, NothingIsKnownOfWhatWasUnderWayWhenTheConnectionEnded) {
  topics.failed("bluetti/one/soc");
  topics.sent("bluetti/one/soc");
  topics.on_down();
  topics.tick(now);
  topics.tick(now + 1h);
  EXPECT_EQ(topics.count(), 1U);
}

TEST_F(UndeliveredTest, ATopicThatIsNoMoreDoesNotCount) {
  topics.failed("bluetti/one/soc");
  topics.forget("bluetti/one/soc");
  topics.sent("bluetti/one/power");
  EXPECT_EQ(topics.count(), 0U);
}

}  // namespace
}  // namespace bluetti::test
