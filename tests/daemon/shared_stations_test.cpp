// SPDX-License-Identifier: MIT
// The daemon as one of several that share the stations, and what others say on the local broker in its name: stepped by
// hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/daemon/health_monitor.h"
#include "gateway/fleet/shards.h"
#include "gateway/observe/health.h"
#include "tests/daemon/stepped_gateway.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using gateway::Shards;
using testing::HasSubstr;

class SharedStations : public SteppedGateway {
 protected:
  void SetUp() override {
    gateway::Config config = test_config(3);
    config.shard = {.index = 0, .count = 2};
    config.local.bridge = "bridge/0";
    config.local.requests = true;
    build(std::move(config));
    connect_both();
  }
  void say(const std::string& topic, const std::string& payload, bool retained = false) {
    daemon->handle(gateway::MessageArrived{kLocal, nullptr, topic, payload, retained, clock.now()}, clock.now());
    tick();
  }
  void other_is_there(bool retained = false) {
    say("bluetti/bridge/1/members", "1", retained);
    say("bluetti/bridge/1/availability", "online", retained);
  }
  void become_owner_of_all() { pass(Shards::kStandIn + 2s); }
  [[nodiscard]] std::size_t own() const { return daemon->fleet().members_of(*daemon->accounts().all()[0]).size(); }
};

TEST_F(SharedStations, ARequestForAStationThatAnotherGatewayAsksIsRefused) {
  other_is_there();
  pass(3s);
  ASSERT_EQ(own(), 0U);
  say("bluetti/bridge/0/request", R"({"id":"a","station":"one","block":1300})");
  EXPECT_THAT(local->last("bluetti/bridge/0/response/a"), HasSubstr("another gateway asks this station"));
}

TEST_F(SharedStations, AStationThatIsLetGoEndsItsRequests) {
  become_owner_of_all();
  ASSERT_EQ(own(), 3U);
  say("bluetti/bridge/0/request", R"({"id":"a","station":"one","block":1300})");
  say("bluetti/bridge/0/request", R"({"id":"b","station":"one","block":1300})");
  EXPECT_EQ(local->last("bluetti/bridge/0/response/a"), "(none)");
  other_is_there();
  pass(3s);
  ASSERT_EQ(own(), 0U);
  for (const char* id : {"a", "b"}) {
    EXPECT_THAT(local->last("bluetti/bridge/0/response/" + std::string(id)), HasSubstr("another gateway asks")) << id;
  }
}

// Another gateway has published it meanwhile: what was known before must not pass for what the broker holds.
TEST_F(SharedStations, AStationThatComesBackIsPublishedAsOneThatIsNew) {
  become_owner_of_all();
  hear(push(102, "0040"));
  ASSERT_EQ(local->last("bluetti/one/soc"), "64");
  other_is_there();
  pass(3s);
  ASSERT_EQ(own(), 0U);
  local->published.clear();
  say("bluetti/bridge/1/availability", "offline");
  become_owner_of_all();
  ASSERT_EQ(own(), 3U);
  EXPECT_EQ(local->last("bluetti/one/soc"), "(none)") << "nothing is known of it yet";
  hear(push(102, "0040"));
  EXPECT_EQ(local->last("bluetti/one/soc"), "64");
}

TEST_F(SharedStations, AClaimThatNobodyStandsBehindLeavesNoStationUnasked) {
  other_is_there(true);
  pass(5s);
  EXPECT_EQ(own(), 0U);
  pass(Shards::kBelieved);
  EXPECT_EQ(own(), 3U);
  EXPECT_FALSE(cloud->published.empty());
}

TEST_F(SharedStations, TheirMembersAreSaidAgainAndCorrected) {
  become_owner_of_all();
  local->published.clear();
  pass(Shards::kSayAgain + 1s);
  EXPECT_EQ(local->count("bluetti/bridge/0/members"), 1U);
  say("bluetti/bridge/0/members", "0 1 2 3");
  pass(2s);
  EXPECT_EQ(local->last("bluetti/bridge/0/members"), "0");
}

TEST_F(SharedStations, AreLeftToOthersByAGatewayWhoseBrokerDoesNotConfirm) {
  become_owner_of_all();
  ASSERT_EQ(own(), 3U);
  broker_confirms = false;
  pass(Shards::kLease - Shards::kSayAgain - 1s);
  EXPECT_EQ(own(), 3U);
  pass(Shards::kSayAgain + 2s);
  EXPECT_EQ(own(), 0U) << "others take over when they have not heard for kBelieved, which is later";
  EXPECT_EQ(local->disconnects, 0) << "it may be about to catch up";
  pass(Shards::kLease);
  EXPECT_EQ(local->disconnects, 1) << "the broker may be there at another address";
  EXPECT_EQ(local->connects, 2);
}

TEST_F(SharedStations, AreLeftToOthersByAGatewayThatMayNotHearThem) {
  become_owner_of_all();
  daemon->handle(gateway::SubscriptionRefused{kLocal, "bluetti/bridge/+/members", "not authorised"}, clock.now());
  pass(Shards::kStandIn + 2s);
  EXPECT_EQ(own(), 0U);
}

TEST_F(SharedStations, AreNotTakenBeforeTheBrokerConfirms) {
  broker_confirms = false;
  daemon->handle(gateway::ConnectionLost{kLocal, "gone"}, clock.now());
  pass(2s);
  daemon->handle(gateway::Connected{kLocal}, clock.now());
  pass(Shards::kLease - 1s);
  EXPECT_EQ(own(), 0U);
}

TEST_F(SharedStations, HealthFailsWhileNobodyAsksAStation) {
  gateway::HealthMonitor monitor(clock.now());
  EXPECT_EQ(monitor.look(*daemon, clock.now()).shared.unasked, 3U) << "not known yet";
  other_is_there();
  pass(2s);
  EXPECT_EQ(monitor.look(*daemon, clock.now()).shared.unasked, 0U) << "the other has them";
  say("bluetti/bridge/1/availability", "offline");
  pass(1s);
  gateway::Health health = monitor.look(*daemon, clock.now());
  EXPECT_EQ(health.shared.unasked, 1U) << "that of the other; two are this gateway's";
  EXPECT_EQ(health.shared.since, clock.now());
  health.seen = clock.now() + 61s;
  EXPECT_THAT(problems_of(health, health.seen, {}), testing::Contains("1 station is asked by no gateway for 61 s"));
  become_owner_of_all();
  EXPECT_EQ(monitor.look(*daemon, clock.now()).shared.since, std::nullopt);
}

class OwnAvailability : public SharedStations {
 protected:
  void SetUp() override {
    build(test_config());
    connect_both();
    answer_round();
    pass(3s);
    local->published.clear();
  }
};

TEST_F(OwnAvailability, OfTheGatewayIsSaidAgainWhenSomebodyElseWroteIt) {
  EXPECT_NE(std::ranges::count(local->subscriptions, "bluetti/+/availability"), 0);
  say("bluetti/bridge/availability", "offline", true);
  pass(2s);
  EXPECT_EQ(local->last("bluetti/bridge/availability"), "online");
}

TEST_F(OwnAvailability, OfAStationIsSaidAgainWhenSomebodyElseWroteIt) {
  say("bluetti/one/availability", "offline");
  pass(2s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
}

TEST_F(OwnAvailability, ThatComesBackAsItWasSaidIsNotSaidAgain) {
  say("bluetti/bridge/availability", "online");
  say("bluetti/one/availability", "online");
  say("bluetti/one/availability", "offline");  // late, of before
  say("bluetti/one/availability", "online");
  say("bluetti/unknown/availability", "offline");
  say("bluetti/availability", "offline");
  pass(2s);
  EXPECT_EQ(local->count("bluetti/one/availability"), 0U);
  EXPECT_EQ(local->count("bluetti/bridge/availability"), 0U);
}

TEST_F(OwnAvailability, IsNotFoughtOverFasterThanEveryTenSeconds) {
  for (int tenths = 0; tenths < 300; ++tenths) {
    pass(100ms);
    say("bluetti/one/availability", "offline");
  }
  EXPECT_LE(local->count("bluetti/one/availability"), 4U);
  EXPECT_GE(local->count("bluetti/one/availability"), 3U);
}

}  // namespace
}  // namespace bluetti::test
