// SPDX-License-Identifier: MIT
// MQTT 5 to the local broker: what expires, what stays, and what the broker says when it refuses.
#include <gmock/gmock.h>
#include <signal.h>

#include <sstream>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

class Mqtt5 : public World {
 protected:
  static constexpr const char* kBridge = "bluetti/bridge/availability";
  static constexpr const char* kStation = "bluetti/living_room/availability";
  static constexpr const char* kSoc = "bluetti/living_room/soc";

  // What a new subscriber over MQTT 5 is given now: topic -> seconds until it expires, -1 for never.
  std::map<std::string, int> expiries() const {
    std::vector<std::string> command{"mosquitto_sub",   "-V", "5", "-t", "#",
                                     "--retained-only", "-W", "1", "-F", "%t\t%E"};
    for (const std::string& argument : local.client_arguments()) command.push_back(argument);
    std::istringstream lines(run_to_end(std::move(command)).output);
    std::map<std::string, int> result;
    for (std::string line; std::getline(lines, line);) {
      const std::size_t tab = line.find('\t');
      const std::string seconds = tab == std::string::npos ? "" : line.substr(tab + 1);
      if (tab != std::string::npos) result[line.substr(0, tab)] = seconds.empty() ? -1 : std::stoi(seconds);
    }
    return result;
  }
};

TEST_F(Mqtt5, StatesExpireAndAvailabilityAndDocumentsDoNot) {
  start_simulator();
  start_gateway({.local = "protocol = \"5\"\nmessage_expiry = 600\njson_state = true\n"});
  ASSERT_TRUE(reads(kStation, "online")) << gateway->output();
  ASSERT_TRUE(reads_something(kSoc));
  ASSERT_TRUE(reads_something(kDocument));
  const auto seen = expiries();
  ASSERT_TRUE(seen.contains(kSoc));
  ASSERT_TRUE(seen.contains(kDocument));
  for (const auto& [topic, seconds] : seen) {
    if (topic.ends_with("/availability") || topic.starts_with("homeassistant/")) {
      EXPECT_EQ(seconds, -1) << topic;
    } else {
      EXPECT_GT(seconds, 500) << topic;
      EXPECT_LE(seconds, 600) << topic;
    }
  }
}

// Three intervals of the value's block, a minute at least, and a heartbeat; less the time since the read, and with what
// the read had to wait for its turn.
TEST_F(Mqtt5, ValuesExpireByTheIntervalAtWhichTheyAreRead) {
  start_simulator();
  start_gateway({.local = "protocol = \"5\"\nheartbeat = 100\n",
                 .extra = "[defaults]\npoll = { core = 5, battery = 400, grid = \"push\" }\n"});
  ASSERT_TRUE(reads(kStation, "online")) << gateway->output();
  ASSERT_TRUE(eventually([&] { return expiries().contains("bluetti/living_room/battery_voltage"); }));
  const auto seen = expiries();
  const auto is_about = [](int expected) {
    return testing::AllOf(testing::Gt(expected - 60), testing::Lt(expected + 60));
  };
  EXPECT_THAT(seen.at(kSoc), is_about(100 + 60));
  EXPECT_THAT(seen.at("bluetti/living_room/battery_voltage"), is_about(100 + 1200));
  EXPECT_THAT(seen.at("bluetti/bridge/log_level"), is_about(100 + 3600));
  EXPECT_EQ(seen.at(kStation), -1);
}

TEST_F(Mqtt5, WhatAGatewayThatDiedHasLeftBehindVanishes) {
  start_simulator();
  start_gateway({.local = "protocol = \"5\"\nheartbeat = 1\nmessage_expiry = 3\n"});
  ASSERT_TRUE(reads_something(kSoc)) << gateway->output();
  ASSERT_FALSE(eventually([&] { return !retained().contains(kSoc); }, 4s)) << "the heartbeat keeps it alive";
  gateway->signal(SIGKILL);
  ASSERT_TRUE(reads(kBridge, "offline")) << "the last will works as before";
  EXPECT_TRUE(eventually([&] { return !retained().contains(kSoc); }));
  const auto left = retained();
  EXPECT_EQ(left.at(kBridge), "offline");
  EXPECT_TRUE(left.contains(kStation));
  EXPECT_TRUE(retained("homeassistant/#").contains(kDocument));
}

TEST_F(Mqtt5, OverMqtt311NothingExpires) {
  start_simulator();
  start_gateway();
  ASSERT_TRUE(reads_something(kSoc)) << gateway->output();
  for (const auto& [topic, seconds] : expiries()) EXPECT_EQ(seconds, -1) << topic;
}

// The broker takes 20 messages of QoS 1 at a time; documents and availability of 40 stations are more.
TEST_F(Mqtt5, MoreStationsThanTheBrokerTakesMessagesAtATimeAreAllTold) {
  std::string stations;
  for (int index = 10; index < 50; ++index) {
    const std::string number = std::to_string(index);
    stations += "[[station]]\nid = \"s" + number + "\"\nmodel = \"AC2P\"\nserial = \"23450000001" + number + "\"\n";
  }
  start_gateway({.local = "protocol = \"5\"\n", .extra = stations});
  EXPECT_TRUE(reads("bluetti/s49/availability", "offline")) << gateway->output();
  EXPECT_TRUE(eventually([&] { return retained("homeassistant/#").size() == 42; })) << "41 stations and the bridge";
  EXPECT_EQ(gateway->output().find("lost the connection to mqtt"), std::string::npos) << gateway->output();
}

TEST_F(Mqtt5, ARefusalIsNamed) {
  local.stop();
  local.start("allow_anonymous false\n");
  start_gateway({.local = "protocol = \"5\"\n"});
  EXPECT_TRUE(gateway->says("[local] cannot connect to mqtt://127.0.0.1:")) << gateway->output();
  EXPECT_TRUE(gateway->says("not authorised")) << gateway->output();
}

// The document of an AP300 has more than 100,000 bytes. Over MQTT 5 the broker says how much it takes, over 3.1.1 it
// ends the connection: for half a document, for the whole, and for the smaller one that takes away what it lacks.
TEST_F(Mqtt5, ADocumentLargerThanTheBrokerTakesCostsTheDocumentAlone) {
  start_simulator();
  for (const char* protocol : {"5", "3.1.1"}) {
    local.stop();
    local.start("max_packet_size 20000\n");
    start_gateway({.local = std::string("protocol = \"") + protocol + "\"\n"});
    EXPECT_TRUE(gateway->says("[local] the broker does not take homeassistant/device/")) << gateway->output();
    EXPECT_TRUE(eventually([&] { return retained().contains(kSoc); })) << protocol << gateway->output();
    EXPECT_LE(gateway->times_said("[local] lost the connection"), 3U) << protocol << gateway->output();
    gateway.reset();
  }
}

}  // namespace
}  // namespace bluetti::test
