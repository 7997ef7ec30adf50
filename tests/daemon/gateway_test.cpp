// SPDX-License-Identifier: MIT
// The whole daemon without a network, stepped by hand: events in, topics out.
#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/daemon/health_monitor.h"
#include "tests/daemon/stepped_gateway.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using GatewayTest = SteppedGateway;

TEST_F(GatewayTest, ConnectsBothSidesAtStart) {
  EXPECT_EQ(local->connects, 1);
  EXPECT_EQ(cloud->connects, 1);
}

TEST_F(GatewayTest, SubscribesToItsStationsAndAsksThemOnTheirTopic) {
  connect_both();
  EXPECT_EQ(cloud->subscriptions, std::vector<std::string>{"PUB/TEST/1001"});
  ASSERT_EQ(cloud->published.size(), 1U);
  EXPECT_EQ(cloud->published[0].topic, "SUB/TEST/1001");
  EXPECT_FALSE(cloud->published[0].retained);
  EXPECT_EQ(asked_register(cloud->published[0].payload), 100);
}

TEST_F(GatewayTest, WakesForTheAnswerThatDoesNotComeToWhatItHasJustAsked) {
  connect_both();
  answer_round();
  pass(4900ms);
  const std::size_t asked = cloud->published.size();
  clock.advance(100ms);
  const gateway::TimePoint next = daemon->tick(clock.now());
  ASSERT_EQ(cloud->published.size(), asked + 1);
  EXPECT_LE(next, clock.now() + daemon->fleet().members()[0]->station.answer_timeout());
}

TEST_F(GatewayTest, SleepsOnWhenAnAnswerThatCameWouldHaveBeenMissed) {
  gateway::Config config = test_config();
  config.stations[0].poll = {{100, 30.0}, {1300, 30.0}};
  build(std::move(config));
  connect_both();
  answer_round();
  pass(4s);
  ASSERT_LT(4s, daemon->fleet().members()[0]->station.answer_timeout());
  EXPECT_GT(daemon->tick(clock.now()), clock.now() + 2s);
}

// More stations than are asked together: 13, read every 250 ms, go in two groups.
class ManyStations : public GatewayTest {
 protected:
  void SetUp() override { build(thirteen()); }
  static gateway::Config thirteen(double interval = 0.25) {
    gateway::Config config = test_config();
    for (int index = 0; index < 13; ++index) {
      gateway::StationConfig station = config.stations[0];
      station.id = "s" + std::to_string(index);
      station.serial = std::to_string(1001 + index);
      station.poll = {{100, interval}, {1300, 10.0}};
      config.stations.push_back(std::move(station));
    }
    config.stations.erase(config.stations.begin());
    return config;
  }
  std::size_t asked_after(gateway::Duration time) {
    clock.advance(time);
    tick();
    return cloud->published.size();
  }
};

TEST_F(ManyStations, OfASessionAreAskedGroupByGroup) {
  connect_both();
  EXPECT_EQ(cloud->published.size(), 7U);
  EXPECT_EQ(asked_after(124ms), 7U);
  EXPECT_EQ(asked_after(1ms), 13U);
}

TEST_F(ManyStations, ThatAreReadRarelyDoNotWaitForTheirFirstRead) {
  build(thirteen(10.0));
  connect_both();
  EXPECT_EQ(cloud->published.size(), 7U);
  EXPECT_EQ(asked_after(250ms), 13U);
}

TEST_F(ManyStations, AreNotBroughtTogetherByAReload) {
  connect_both();
  EXPECT_EQ(asked_after(125ms), 13U);
  cloud->published.clear();
  daemon->reload(std::make_shared<gateway::Config>(thirteen()), catalog(), clock.now());
  EXPECT_EQ(asked_after(0ms), 7U);
  EXPECT_EQ(asked_after(124ms), 7U);
  EXPECT_EQ(asked_after(1ms), 13U);
}

TEST_F(GatewayTest, RepublishesEveryValueAsARetainedTopic) {
  connect_both();
  answer_round();
  EXPECT_EQ(local->last("bluetti/one/soc"), "87");
  EXPECT_EQ(local->last("bluetti/one/temperature"), "20");
  EXPECT_EQ(local->last("bluetti/one/grid_frequency"), "50");
  EXPECT_EQ(local->last("bluetti/one/grid_phase/1/power"), "-120");
  EXPECT_EQ(local->last("bluetti/one/grid_phase/1/voltage"), "230.1");
  EXPECT_TRUE(std::ranges::all_of(local->published, &Published::retained));
}

TEST_F(GatewayTest, StatesExpireIfWishedAndNothingElseDoes) {
  gateway::Config config = test_config();
  config.local.message_expiry = 600s;
  config.local.json_state = true;
  build(std::move(config));
  connect_both();
  answer_round();
  for (const Published& message : local->published) {
    const bool lasts = message.topic.ends_with("/availability") || message.topic.starts_with("homeassistant/");
    EXPECT_EQ(message.expiry, lasts ? 0s : 600s) << message.topic;
  }
}

TEST_F(GatewayTest, TakesNoReadRequestsUnlessToldTo) {
  connect_both();
  answer_round();
  EXPECT_EQ(local->last("bluetti/bridge/requests"), "OFF");
  EXPECT_EQ(std::ranges::count(local->subscriptions, "bluetti/bridge/request"), 0);
  const std::size_t asked = cloud->published.size();
  daemon->handle(gateway::MessageArrived{kLocal, nullptr, "bluetti/bridge/request",
                                         R"({"id":"a","station":"one","block":1300})", false, clock.now()},
                 clock.now());
  EXPECT_EQ(cloud->published.size(), asked);
  EXPECT_EQ(local->count("bluetti/bridge/response/a"), 0U);
}

TEST_F(GatewayTest, NeverPublishesASecret) {
  connect_both();
  answer_round();
  for (const Published& message : local->published) {
    EXPECT_EQ(message.topic.find("password"), std::string::npos);
    EXPECT_EQ(message.payload.find("password"), std::string::npos);
    EXPECT_EQ(message.payload.find("open"), std::string::npos);
  }
}

TEST_F(GatewayTest, SaysOnlineAfterTheValuesAreThere) {
  connect_both();
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
  hear(answer(kHomeData));
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
  EXPECT_EQ(local->published.back().topic, "bluetti/one/availability");
}

TEST_F(GatewayTest, PublishesOnlyChanges) {
  connect_both();
  answer_round();
  pass(3s);  // the discovery document follows what was learned
  const std::size_t before = messages();
  pass(2s);
  hear(answer(kHomeData));
  EXPECT_EQ(messages(), before);
  pass(5s);
  hear(answer("0000 0000 0058 003c 6f70 6e65"));
  EXPECT_EQ(messages(), before + 1);
  EXPECT_EQ(local->published.back(), (Published{"bluetti/one/soc", "88", 0, true}));
}

TEST_F(GatewayTest, AnAbsentValueClearsItsRetainedTopic) {
  connect_both();
  answer_round();
  hear(push(103, "0000"));
  EXPECT_EQ(local->published.back(), (Published{"bluetti/one/temperature", "", 0, true}));
}

TEST_F(GatewayTest, TellsEverythingAgainWhenTheLocalBrokerIsBack) {
  connect_both();
  answer_round();
  daemon->handle(gateway::ConnectionLost{kLocal, "gone"}, clock.now());
  const std::size_t before = messages();
  hear(push(102, "0040"));
  EXPECT_EQ(messages(), before) << "nothing is sent into the void";
  pass(2s);
  EXPECT_EQ(local->connects, 2);
  local->published.clear();
  daemon->handle(gateway::Connected{kLocal}, clock.now());
  EXPECT_EQ(local->last("bluetti/bridge/availability"), "online");
  EXPECT_EQ(local->last("bluetti/one/soc"), "64");
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
  EXPECT_EQ(local->count("homeassistant/device/bluetti_1001/config"), 1U);
}

TEST_F(GatewayTest, TellsEverythingAgainAtTheHeartbeat) {
  connect_both();
  answer_round();
  pass(5s);
  local->published.clear();
  pass(300s);
  EXPECT_GE(local->count("bluetti/one/soc"), 1U);
  EXPECT_GE(local->count("bluetti/bridge/availability"), 1U);
}

TEST_F(GatewayTest, TellsEverythingAgainSoonWhenALibraryRefusedAMessage) {
  connect_both();
  local->accepts = false;
  answer_round();
  EXPECT_EQ(local->last("bluetti/one/soc"), "(none)");
  local->accepts = true;
  pass(2s);
  EXPECT_EQ(local->last("bluetti/one/soc"), "87");
}

TEST_F(GatewayTest, AnswersHomeAssistantsBirthWithOneFullRoundAfterAShortDelay) {
  connect_both();
  answer_round();
  pass(5s);
  local->published.clear();
  const auto birth = gateway::MessageArrived{kLocal, nullptr, "homeassistant/status", "online", false, clock.now()};
  daemon->handle(birth, clock.now());
  daemon->handle(birth, clock.now());
  EXPECT_EQ(messages(), 0U);
  pass(6s);
  EXPECT_EQ(local->count("homeassistant/device/bluetti_1001/config"), 1U);
  EXPECT_EQ(local->count("bluetti/one/grid_frequency"), 1U);
}

TEST_F(GatewayTest, TheFirstDocumentHoldsWhatTheFirstRoundHasTold) {
  connect_both();
  const std::string topic = "homeassistant/device/bluetti_1001/config";
  EXPECT_EQ(local->count(topic), 0U);
  hear(answer(kHomeData));
  EXPECT_EQ(local->count(topic), 0U);
  EXPECT_FALSE(daemon->round_complete());
  arrive(answer(kGridData));
  EXPECT_FALSE(daemon->round_complete()) << "it is still to be told";
  tick();
  EXPECT_TRUE(daemon->round_complete());
  EXPECT_EQ(local->count(topic), 1U);
  EXPECT_NE(local->last(topic).find("grid_phase_1_power"), std::string::npos);
  EXPECT_EQ(local->last(topic).find("grid_phase_2_power"), std::string::npos);
}

TEST_F(GatewayTest, TheFirstDocumentWaitsTwoSecondsAtMostAndGrowsWithWhatIsLearned) {
  connect_both();
  const std::string topic = "homeassistant/device/bluetti_1001/config";
  pass(1900ms);
  EXPECT_EQ(local->count(topic), 0U);
  pass(200ms);
  ASSERT_EQ(local->count(topic), 1U);
  EXPECT_NE(local->last(topic).find("grid_frequency"), std::string::npos);
  EXPECT_EQ(local->last(topic).find("grid_phase_1_power"), std::string::npos);
  answer_round();
  pass(3s);
  EXPECT_EQ(local->count(topic), 2U);
  EXPECT_NE(local->last(topic).find("grid_phase_1_power"), std::string::npos);
  EXPECT_EQ(local->last(topic).find("grid_phase_2_power"), std::string::npos);
}

TEST_F(GatewayTest, ABlockTheStationDoesNotHaveLosesItsEntities) {
  connect_both();
  const std::string topic = "homeassistant/device/bluetti_1001/config";
  pass(2s);
  EXPECT_NE(local->last(topic).find("grid_frequency"), std::string::npos) << "so far it may have it";
  hear(answer(kHomeData));
  hear(exception(2));
  hear(exception(2));  // nor half of it
  pass(2500ms);
  EXPECT_NE(local->last(topic).find(R"("grid_frequency":{"platform":"sensor"})"), std::string::npos) << "tombstone";
  EXPECT_EQ(local->last("bluetti/one/soc"), "87");
  clock.advance(25h);
  daemon->handle(gateway::MessageArrived{kLocal, nullptr, "homeassistant/status", "online", false, clock.now()},
                 clock.now());
  pass(3s);
  EXPECT_EQ(local->last(topic).find("grid_frequency"), std::string::npos) << "left out after a day";
}

TEST_F(GatewayTest, AStationThatStopsAnsweringGoesOfflineAndTheOthersDoNotNotice) {
  build(test_config(2));
  connect_both();
  hear(answer(kHomeData), "PUB/TEST/1001");
  hear(answer(kHomeData), "PUB/TEST/1002");
  for (int second = 0; second < 60; ++second) {
    pass(1s);
    hear(answer(kHomeData), "PUB/TEST/1002");
    hear(answer(kGridData), "PUB/TEST/1002");
  }
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
  EXPECT_EQ(local->last("bluetti/two/availability"), "online");
  EXPECT_EQ(local->last("bluetti/bridge/availability"), "online");
}

TEST_F(GatewayTest, KeepsTheLocalSideThroughALostCloudSessionAndReturnsAfterTheBackOff) {
  connect_both();
  answer_round();
  daemon->handle(gateway::ConnectionLost{kCloud, "reset"}, clock.now());
  EXPECT_EQ(local->last("bluetti/one/availability"), "online") << "a short gap is no news";
  pass(44s);
  EXPECT_EQ(cloud->connects, 1);
  pass(13s);
  EXPECT_EQ(cloud->connects, 2) << "45 s and up to a quarter more";
  pass(40s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline") << "a long one is";
}

TEST_F(GatewayTest, ATopicThatTheBrokerRefusesCostsItsStationAlone) {
  build(test_config(2));
  connect_both();
  daemon->handle(gateway::SubscriptionRefused{kCloud, "PUB/TEST/1002", "not allowed"}, clock.now());
  answer_round();
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
  EXPECT_EQ(cloud->disconnects, 0);
  EXPECT_EQ(cloud->connects, 2) << "one for each of the two gateways of this test";
  EXPECT_EQ(daemon->troubles().counts().refused_topics, 1U);
}

TEST_F(GatewayTest, ALocalTopicThatIsRefusedOrAMessageThatIsNotTakenLeavesTheConnectionUp) {
  connect_both();
  daemon->handle(gateway::SubscriptionRefused{kLocal, "homeassistant/status", "not authorised"}, clock.now());
  daemon->handle(gateway::NotDelivered{kLocal, "bluetti/one/state", 9000, "too large"}, clock.now());
  answer_round();
  EXPECT_EQ(local->last("bluetti/one/soc"), "87");
  EXPECT_EQ(local->connects, 1);
  EXPECT_EQ(local->disconnects, 0);
  EXPECT_EQ(daemon->troubles().counts().not_delivered, 1U);
}

// As where two gateways have the same client id, or where a message is larger than the broker takes.
TEST_F(GatewayTest, ALocalConnectionThatIsEndedAtOnceEachTimeIsMadeMoreAndMoreSeldom) {
  int connects = 0;
  for (int count = 0; count < 600; ++count, pass(100ms)) {
    if (std::exchange(connects, local->connects) == local->connects) continue;
    daemon->handle(gateway::Connected{kLocal}, clock.now());
    daemon->handle(gateway::ConnectionLost{kLocal, "the connection was closed"}, clock.now());
  }
  EXPECT_LE(local->connects, 7) << "in a minute";
  EXPECT_TRUE(daemon->bridge().contested());
}

TEST_F(GatewayTest, ABrokerThatIsLostIsTriedAtItsOtherAddressesAtOnceAndToldEverythingThere) {
  connect_both();
  answer_round();
  local->published.clear();
  daemon->handle(gateway::ConnectionLost{kLocal, "gone", false, {"mqtt://a:1883", true}}, clock.now());
  tick();
  EXPECT_EQ(local->connects, 2) << "without a wait";
  daemon->handle(gateway::ConnectFailed{kLocal, "refused", false, {"mqtt://b:1883", true}}, clock.now());
  tick();
  EXPECT_EQ(local->connects, 3);
  daemon->handle(gateway::ConnectFailed{kLocal, "refused", false, {"mqtt://c:1883", false}}, clock.now());
  tick();
  EXPECT_EQ(local->connects, 3) << "all have been tried";
  pass(1500ms);
  EXPECT_EQ(local->connects, 4);
  daemon->handle(gateway::Connected{kLocal, {"mqtt://a:1883", true}}, clock.now());
  tick();
  EXPECT_EQ(local->last("bluetti/bridge/availability"), "online");
  EXPECT_EQ(local->last("bluetti/one/soc"), "87");
}

TEST_F(GatewayTest, BacksOffFurtherWhenTheCloudRefuses) {
  daemon->handle(gateway::ConnectFailed{kCloud, "not authorised", true}, clock.now());
  pass(57s);
  EXPECT_EQ(cloud->connects, 2);
  daemon->handle(gateway::ConnectFailed{kCloud, "not authorised", true}, clock.now());
  pass(179s);
  EXPECT_EQ(cloud->connects, 2) << "four times 45 s at least";
  pass(47s);
  EXPECT_EQ(cloud->connects, 3);
}

TEST_F(GatewayTest, ABadFrameIsDroppedAndTheRestGoesOn) {
  connect_both();
  hear("nonsense");
  std::string broken = answer(kHomeData);
  broken.back() = static_cast<char>(broken.back() ^ 0x55);
  hear(broken);
  hear(answer(kHomeData), "PUB/TEST/1001", true);
  hear(answer(kHomeData), "PUB/TEST/9999");
  EXPECT_EQ(local->last("bluetti/one/soc"), "(none)");
  hear(answer(kHomeData));
  EXPECT_EQ(local->last("bluetti/one/soc"), "87");
}

TEST_F(GatewayTest, OneJsonObjectPerStationIfAskedFor) {
  gateway::Config with = test_config();
  with.local.json_state = true;
  build(std::move(with));
  connect_both();
  EXPECT_NE(local->last("bluetti/one/state").find(R"("grid_frequency":null)"), std::string::npos);
  answer_round();
  const std::string state = local->last("bluetti/one/state");
  EXPECT_NE(state.find(R"("soc":87)"), std::string::npos) << state;
  EXPECT_NE(state.find(R"("grid_phase_1_voltage":230.1)"), std::string::npos) << state;
  EXPECT_EQ(state.find("password"), std::string::npos) << state;
}

TEST_F(GatewayTest, SaysOfflineBeforeItLeaves) {
  connect_both();
  daemon->stop();
  EXPECT_EQ(local->published.back(), (Published{"bluetti/bridge/availability", "offline", 1, true}));
  EXPECT_EQ(local->disconnects, 1);
  EXPECT_EQ(cloud->disconnects, 1);
}

TEST_F(GatewayTest, NeverPublishesOnASetTopic) {
  connect_both();
  answer_round();
  for (const Published& message : local->published) EXPECT_FALSE(message.topic.ends_with("/set")) << message.topic;
}

TEST_F(GatewayTest, ItsHealthSaysWhenEachPartLastMoved) {
  const auto start = clock.now();
  gateway::HealthMonitor monitor(start);
  pass(10s);
  gateway::Health health = monitor.look(*daemon, clock.now());
  EXPECT_FALSE(health.local.connected);
  EXPECT_EQ(health.local.since, start);
  EXPECT_EQ(health.accounts.at(0).id, "home");
  EXPECT_EQ(health.accounts.at(0).since, start);

  connect_both();
  answer_round();
  const auto answered = clock.now();
  health = monitor.look(*daemon, answered);
  EXPECT_TRUE(health.local.connected && health.accounts.at(0).connected);
  EXPECT_EQ(health.local.since, answered);
  EXPECT_EQ(health.local.last_publish, answered);
  EXPECT_EQ(health.accounts.at(0).last_message, answered);

  local->accepts = false;
  pass(400s);  // past the heartbeat: everything is due again
  const auto full = clock.now();
  EXPECT_EQ(monitor.look(*daemon, full).local.owes_since, full);
  EXPECT_EQ(monitor.look(*daemon, full + 5s).local.owes_since, full);
  EXPECT_EQ(monitor.look(*daemon, full + 5s).accounts.at(0).last_message, answered);
}

TEST_F(GatewayTest, ItsHealthKnowsConnectionsThatEndAgainAndAgain) {
  gateway::HealthMonitor monitor(clock.now());
  connect_both();
  EXPECT_EQ(monitor.look(*daemon, clock.now()).local.unsteady_since, std::nullopt) << "the first is as good as any";
  daemon->handle(gateway::ConnectionLost{kLocal, "gone"}, clock.now());
  daemon->handle(gateway::ConnectionLost{kCloud, "gone"}, clock.now());
  const auto lost = clock.now();
  EXPECT_EQ(monitor.look(*daemon, lost).local.unsteady_since, lost);
  for (int round = 0; round < 3; ++round) {
    pass(30s);
    connect_both();
    pass(5s);
    const gateway::Health& health = monitor.look(*daemon, clock.now());
    EXPECT_TRUE(health.local.connected);
    EXPECT_EQ(health.local.unsteady_since, lost);
    EXPECT_EQ(health.accounts.at(0).unsteady_since, lost);
    daemon->handle(gateway::ConnectionLost{kLocal, "gone"}, clock.now());
    daemon->handle(gateway::ConnectionLost{kCloud, "gone"}, clock.now());
  }
  pass(20min);  // until a session is tried again
  connect_both();
  pass(20s);
  EXPECT_EQ(monitor.look(*daemon, clock.now()).local.unsteady_since, std::nullopt) << "this one lasts";
  EXPECT_EQ(monitor.look(*daemon, clock.now()).accounts.at(0).unsteady_since, std::nullopt);
}

}  // namespace
}  // namespace bluetti::test
