// SPDX-License-Identifier: MIT
// A local broker that does not take a message: what is said, and what is sent instead. Stepped by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/daemon/health_monitor.h"
#include "tests/daemon/stepped_gateway.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class NotDelivered : public SteppedGateway {
 protected:
  void SetUp() override {
    gateway::Config config = test_config();
    config.stations[0].poll[200] = 60;
    build(std::move(config));
    connect_both();
    hear(answer(kHomeData));
    hear(answer("4554 5453 0000 0000 0001"));  // "TEST", board 1
    hear(answer(kGridData));
    pass(5s);
  }
  void refuse(const std::string& topic) {
    daemon->handle(gateway::NotDelivered{kLocal, topic, 30'000, "packet too large"}, clock.now());
    tick();
  }
  [[nodiscard]] gateway::LocalHealth local_health() {
    return gateway::HealthMonitor(clock.now()).look(*daemon, clock.now()).local;
  }
  static constexpr const char* kDocument = "homeassistant/device/bluetti_1001/config";
};

TEST_F(NotDelivered, ADocumentIsCutToWhatIsSwitchedOn) {
  ASSERT_THAT(local->last(kDocument), HasSubstr(R"("enabled_by_default":false)"));
  refuse(kDocument);
  EXPECT_EQ(local_health().undelivered, 1U);
  local->published.clear();
  pass(3s);
  EXPECT_THAT(local->last(kDocument), Not(HasSubstr(R"("enabled_by_default":false)")));
  EXPECT_THAT(local->last(kDocument), HasSubstr("grid_frequency"));
  pass(15s);
  EXPECT_EQ(local_health().undelivered, 0U) << "the smaller one was taken";
  EXPECT_EQ(local->connects, 1) << "the connection stays";
}

TEST_F(NotDelivered, ADocumentThatIsStillTooLargeIsNotSentAgainAndAgainAndHealthKnows) {
  refuse(kDocument);
  pass(6s);  // the smaller one, and the one after it that no longer names what was left out
  local->published.clear();
  refuse(kDocument);
  pass(60s);
  EXPECT_EQ(local->count(kDocument), 0U);
  EXPECT_EQ(local_health().undelivered, 1U);
}

TEST_F(NotDelivered, AnotherConnectionMayTakeTheWholeDocument) {
  refuse(kDocument);
  pass(3s);
  daemon->handle(gateway::ConnectionLost{kLocal, "gone"}, clock.now());
  pass(60s);
  local->published.clear();
  daemon->handle(gateway::Connected{kLocal}, clock.now());
  tick();
  EXPECT_THAT(local->last(kDocument), HasSubstr(R"("enabled_by_default":false)"));
}

TEST_F(NotDelivered, AValueCountsUntilItIsTaken) {
  refuse("bluetti/one/soc");
  EXPECT_EQ(local_health().undelivered, 1U);
  hear(push(102, "0040"));
  pass(11s);
  EXPECT_EQ(local_health().undelivered, 0U);
}

TEST_F(NotDelivered, WhatIsNotTakenForAMinuteIsUnhealthy) {
  gateway::HealthMonitor monitor(clock.now());
  const auto problems = [&] { return problems_of(monitor.look(*daemon, clock.now()), clock.now(), {}); };
  refuse(kDocument);
  pass(6s);
  refuse(kDocument);
  EXPECT_THAT(problems(), IsEmpty()) << "it may be taken yet";
  pass(61s);
  EXPECT_THAT(problems(), Contains(HasSubstr("the local broker does not take 1 topic, for 61 s")));
}

TEST_F(NotDelivered, AnAnswerToARequestIsNotExpectedToBeSentAgain) {
  refuse("bluetti/bridge/response/a");
  EXPECT_EQ(local_health().undelivered, 0U);
}

// MQTT 3.1.1 confirms what the access list forbids.
class Forbidden : public NotDelivered {
 protected:
  void SetUp() override {
    build(test_config());
    daemon->handle(gateway::Connected{kLocal}, clock.now());
  }
};

TEST_F(Forbidden, OwnAvailabilityThatDoesNotComeBackIsNotHealthy) {
  pass(29s);
  EXPECT_EQ(local_health().undelivered, 0U);
  pass(2s);
  EXPECT_EQ(local_health().undelivered, 1U);
  echo();
  EXPECT_EQ(local_health().undelivered, 0U);
}

TEST_F(Forbidden, WhoMayNotReadItCannotTell) {
  daemon->handle(gateway::SubscriptionRefused{kLocal, "bluetti/+/availability", "not authorised"}, clock.now());
  pass(60s);
  EXPECT_EQ(local_health().undelivered, 0U);
}

TEST_F(Forbidden, EachConnectionIsLookedAtAnew) {
  echo();
  daemon->handle(gateway::ConnectionLost{kLocal, "gone"}, clock.now());
  pass(60s);
  EXPECT_EQ(local_health().undelivered, 0U);
  daemon->handle(gateway::Connected{kLocal}, clock.now());
  pass(31s);
  EXPECT_EQ(local_health().undelivered, 1U);
}

}  // namespace
}  // namespace bluetti::test
