// SPDX-License-Identifier: MIT
// What the daemon leaves on the local broker, and what it takes away: stepped by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/daemon/stepped_gateway.h"
#include "tests/support/config_fixture.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using testing::IsEmpty;

constexpr const char* kSecondsDocument = "homeassistant/device/bluetti_1002/config";  // of the second of two stations

class LocalTopics : public SteppedGateway {
 protected:
  void reload(gateway::Config with) {
    daemon->reload(std::make_shared<gateway::Config>(std::move(with)), catalog(), clock.now());
    tick();
  }
  void lose_local() {
    daemon->handle(gateway::ConnectionLost{kLocal, "gone"}, clock.now());
    tick();
  }
  // The second of two stations is not configured any more.
  void remove_second() {
    build(test_config(2));
    connect_both();
    pass(3s);
    reload(test_config(1));
  }
  void home_assistant_comes() {
    daemon->handle(gateway::MessageArrived{kLocal, nullptr, "homeassistant/status", "online", false, clock.now()},
                   clock.now());
  }
  // By the link of the newest connection.
  void connect_local(unsigned generation = 0) {
    daemon->handle(gateway::Connected{Link{.generation = generation}}, clock.now());
    tick();
  }
  static gateway::Config many(int stations) {
    gateway::Config config = test_config();
    for (int index = 1; index < stations; ++index) {
      gateway::StationConfig station = config.stations[0];
      station.id = "s" + std::to_string(index);
      station.serial = std::to_string(1001 + index);
      config.stations.push_back(std::move(station));
    }
    return config;
  }
  static gateway::Config two_accounts() {
    gateway::Config config = test_config();
    config.accounts.push_back(config.accounts[0]);
    config.accounts.back().id = "work";
    return config;
  }
};

TEST_F(LocalTopics, WhatIsPublishedInBulkWaitsForABrokerThatIsBehind) {
  connect_both();
  local->published.clear();
  local->is_behind = true;
  home_assistant_comes();
  pass(10s);
  EXPECT_EQ(local->count("bluetti/one/availability"), 0U);
  local->is_behind = false;
  pass(1s);
  EXPECT_GT(local->count("bluetti/one/availability"), 0U);
}

TEST_F(LocalTopics, ValuesHaveTheQualityOfServiceThatIsConfigured) {
  gateway::Config config = test_config();
  config.local.qos = 1;
  build(std::move(config));
  connect_both();
  answer_round();
  EXPECT_TRUE(std::ranges::count(local->published, Published{"bluetti/one/soc", "87", 1, true}) > 0);
}

TEST_F(LocalTopics, AStalledBrokerInMidRefreshAndAReloadToFewerStationsLeaveNothingUnsaid) {
  build(many(200));  // more than is sent at a time
  connect_both();
  pass(1s);
  home_assistant_comes();
  clock.advance(6s);
  daemon->tick(clock.now());  // the first of them, by the middle of the fleet the broker stalls
  local->accepts = false;
  daemon->tick(clock.now());
  reload(many(2));
  local->published.clear();
  local->accepts = true;
  pass(3s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
  EXPECT_EQ(local->last("bluetti/s1/availability"), "offline");
  EXPECT_EQ(local->last("bluetti/s199/availability"), "");
  EXPECT_FALSE(daemon->bridge().has_pending());
}

TEST_F(LocalTopics, WhatIsToBeClearedStaysPendingWhileTheBrokerTakesNothing) {
  build(test_config(2));
  connect_both();
  answer_round();
  local->accepts = false;
  reload(test_config(1));
  EXPECT_TRUE(daemon->bridge().has_pending());
  local->accepts = true;
  pass(1s);
  EXPECT_EQ(local->last("bluetti/two/availability"), "");
}

TEST_F(LocalTopics, WhatIsToBeClearedStaysPendingWhileTheBrokerIsAway) {
  build(test_config(2));
  connect_both();
  pass(3s);
  lose_local();
  reload(test_config(1));
  local->published.clear();
  pass(40s);
  connect_local();
  EXPECT_EQ(local->last("bluetti/two/availability"), "");
  EXPECT_EQ(local->last(kSecondsDocument), "");
}

TEST_F(LocalTopics, WhatWasClearedJustBeforeTheConnectionBrokeIsClearedAgain) {
  remove_second();
  ASSERT_EQ(local->last("bluetti/two/availability"), "");
  lose_local();
  local->published.clear();
  connect_local();
  EXPECT_EQ(local->last("bluetti/two/availability"), "") << "nobody knows whether the broker has had it";
  pass(31s);
  EXPECT_THAT(daemon->state().clears, testing::IsEmpty());
  EXPECT_EQ(daemon->state().departed.size(), 1U) << "for a Home Assistant that was not there";
}

// What Home Assistant restored by itself goes only if it was told of it.
TEST_F(LocalTopics, ADeviceThatWentIsAnnouncedAndGoesAgainWhenHomeAssistantComes) {
  remove_second();
  pass(1min);
  local->published.clear();
  home_assistant_comes();
  pass(2s);
  EXPECT_THAT(local->last(kSecondsDocument), testing::HasSubstr(R"("unique_id":"bluetti_1002_soc")"));
  EXPECT_FALSE(std::ranges::find(local->published, kSecondsDocument, &Published::topic)->retained);
  pass(3s);
  EXPECT_EQ(local->count(kSecondsDocument), 2U);
  EXPECT_EQ(local->last(kSecondsDocument), "");
  EXPECT_THAT(daemon->state().departed, IsEmpty());
}

TEST_F(LocalTopics, ADeviceThatAnotherGatewayHasNowIsLeftToIt) {
  remove_second();
  pass(1min);
  local->published.clear();
  home_assistant_comes();
  EXPECT_THAT(local->subscriptions, testing::Contains(kSecondsDocument));
  const char* document = R"({"availability":[{"topic":"cabin/bridge/availability"}],"components":{}})";
  daemon->handle(gateway::MessageArrived{kLocal, nullptr, kSecondsDocument, document, true, clock.now()}, clock.now());
  pass(1min);
  EXPECT_EQ(local->count(kSecondsDocument), 0U);
  EXPECT_THAT(daemon->state().departed, testing::IsEmpty());
}

TEST_F(LocalTopics, ACleanStopSaysOfEachStationThatItIsOffline) {
  connect_both();
  answer_round();
  ASSERT_EQ(local->last("bluetti/one/availability"), "online");
  daemon->stop();
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
  EXPECT_EQ(local->published.back().topic, "bluetti/bridge/availability");
}

TEST_F(LocalTopics, ABrokerThatRestartsIsAskedEachSecond) {
  connect_both();
  lose_local();
  const int before = local->connects;
  for (int second = 0; second < 10; ++second) {
    pass(1200ms);
    daemon->handle(gateway::ConnectFailed{.link = kLocal, .reason = "refused"}, clock.now());
  }
  EXPECT_GE(local->connects - before, 9);
  pass(10s);
  daemon->handle(gateway::ConnectFailed{.link = kLocal, .reason = "refused"}, clock.now());
  const int then = local->connects;
  pass(3s);
  EXPECT_EQ(local->connects, then) << "it is away for longer";
}

TEST_F(LocalTopics, WithoutASessionStationsAreOfflineAfterTheGraceAndNotBefore) {
  connect_both();
  answer_round();
  daemon->handle(gateway::ConnectionLost{kCloud, "gone"}, clock.now());
  pass(9s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
  pass(1100ms);
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
}

TEST_F(LocalTopics, WhatTheBrokerHoldsOfAStationThatIsGoneIsCleared) {
  connect_both();
  const auto held = [&](const std::string& topic, const std::string& payload) {
    daemon->handle(gateway::MessageArrived{kLocal, nullptr, topic, payload, true, clock.now()}, clock.now());
    tick();
  };
  ASSERT_THAT(local->subscriptions, testing::Contains("homeassistant/device/+/config"));
  held("homeassistant/device/bluetti_9/config",
       R"({"origin":{"name":"BLUETTI Gateway"},"availability":[{"topic":"bluetti/bridge/availability"},)"
       R"({"topic":"bluetti/nine/availability"}],"components":{}})");
  ASSERT_THAT(local->subscriptions, testing::Contains("bluetti/nine/#"));
  held("bluetti/nine/soc", "80");
  EXPECT_EQ(local->last("homeassistant/device/bluetti_9/config"), "");
  EXPECT_EQ(local->last("bluetti/nine/soc"), "");
  pass(11s);
  EXPECT_THAT(local->subscriptions, testing::Not(testing::Contains("bluetti/nine/#")));
  local->published.clear();
  held("bluetti/nine/soc", "80");
  EXPECT_EQ(local->count("bluetti/nine/soc"), 0U) << "somebody else writes there now";
}

TEST_F(LocalTopics, WhatIsToBeClearedOutlivesARestart) {
  build(test_config(2));
  connect_both();
  answer_round();
  pass(3s);  // the documents are there
  local->accepts = false;
  reload(test_config(1));
  daemon->stop();
  remembered = daemon->state();
  local->accepts = true;
  local->published.clear();
  build(test_config(1));
  connect_both();
  EXPECT_EQ(local->last("bluetti/two/availability"), "");
  EXPECT_EQ(local->last(kSecondsDocument), "");
}

TEST_F(LocalTopics, AStationThatComesBackIsNotClearedAfterItsValues) {
  build(test_config(2));
  connect_both();
  pass(1s);
  local->accepts = false;
  reload(test_config(1));
  reload(test_config(2));
  local->accepts = true;
  pass(1s);
  EXPECT_EQ(local->last("bluetti/two/availability"), "offline");
  lose_local();
  local->published.clear();
  pass(40s);
  connect_local();
  EXPECT_EQ(local->last("bluetti/two/availability"), "offline");
}

TEST_F(LocalTopics, JsonStateSwitchedOffIsCleared) {
  gateway::Config with = test_config();
  with.local.json_state = true;
  build(std::move(with));
  connect_both();
  answer_round();
  ASSERT_NE(local->last("bluetti/one/state"), "");
  reload(test_config());
  EXPECT_EQ(local->last("bluetti/one/state"), "");
  EXPECT_NE(local->last("bluetti/one/soc"), "");
}

TEST_F(LocalTopics, AnotherBaseLeavesNothingBelowTheOneBefore) {
  const auto config = [](const std::string& base) {
    return config_of("[local]\nurl = \"mqtt://a\"\nbase = \"" + base +
                     "\"\n[[account]]\nid = \"home\"\nurl = \"mqtt://cloud\"\n"
                     "[[station]]\nid = \"one\"\nmodel = \"TEST\"\nserial = \"1001\"\n");
  };
  build(config("bluetti"));
  connect_both();
  answer_round();
  reload(config("house/power"));
  connect_local(1);
  pass(1s);
  EXPECT_EQ(local->last("house/power/bridge/availability"), "online");
  std::map<std::string, std::string> retained;
  for (const Published& message : local->published) {
    if (message.retained) retained[message.topic] = message.payload;
  }
  for (const auto& [topic, payload] : retained) {
    if (!topic.starts_with("bluetti/")) continue;
    EXPECT_EQ(payload, "") << topic;
  }
}

TEST_F(LocalTopics, AnAccountThatLeftTheConfigurationLeavesNoTopics) {
  build(two_accounts());
  connect_both();
  ASSERT_EQ(local->last("bluetti/bridge/account/work/connection"), "OFF");
  reload(test_config());
  EXPECT_EQ(local->last("bluetti/bridge/account/work/connection"), "");
  EXPECT_EQ(local->last("bluetti/bridge/account/work/problem"), "");
  EXPECT_NE(local->last("bluetti/bridge/account/home/problem"), "");
}

}  // namespace
}  // namespace bluetti::test
