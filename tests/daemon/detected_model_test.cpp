// SPDX-License-Identifier: MIT
// Stations of `model = "auto"`: what they are taken for, also if their messages contradict each other.
#include <gtest/gtest.h>

#include "tests/daemon/stepped_gateway.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using DetectedModel = SteppedGateway;

gateway::Config detected_config() {
  gateway::Config config = test_config();
  config.stations[0].model = nullptr;
  config.stations[0].automatic = true;
  config.stations[0].cloud_model.clear();
  config.stations[0].poll.clear();
  config.stations[0].wishes = {{{"module", 60.0}}};
  return config;
}

TEST_F(DetectedModel, AStationOfUnknownModelIsListenedToUnderAnyModelAndNotAsked) {
  build(detected_config());
  connect_both();
  EXPECT_EQ(cloud->subscriptions, std::vector<std::string>{"PUB/+/1001"});
  EXPECT_TRUE(cloud->published.empty());
  EXPECT_EQ(local->count("homeassistant/device/bluetti_1001/config"), 0U) << "nothing is known of it";
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
  EXPECT_FALSE(daemon->round_complete());
}

TEST_F(DetectedModel, TheTopicOfItsFirstMessageNamesItsModel) {
  build(detected_config());
  connect_both();
  hear(push(102, "0040"));
  EXPECT_EQ(local->last("bluetti/one/soc"), "64") << "the message itself is not lost";
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
  pass(2s);
  EXPECT_EQ(local->count("homeassistant/device/bluetti_1001/config"), 1U);
  ASSERT_FALSE(cloud->published.empty());
  EXPECT_EQ(cloud->published[0].topic, "SUB/TEST/1001");
}

TEST_F(DetectedModel, WhatAStationCallsItselfBeatsItsTopic) {
  build(detected_config());
  connect_both();
  hear(push(102, "0040"));
  hear(push(200, "4553 4f43 444e 0000"));  // "SECOND", the bytes of each register exchanged
  EXPECT_EQ(daemon->fleet().members()[0]->config.model->name, "SECOND");
  EXPECT_EQ(daemon->fleet().members()[0]->config.cloud_model, "TEST") << "its place at the cloud stays";
  EXPECT_EQ(local->last("bluetti/one/soc"), "") << "the other model does not have it";
}

TEST_F(DetectedModel, AStationOfAModelNobodyKnowsIsAskedWhatItsGenerationHas) {
  build(detected_config());
  connect_both();
  hear(push(102, "0040"), "PUB/NEW9000/1001");
  EXPECT_EQ(daemon->fleet().members()[0]->config.model->name, "v2");
  EXPECT_EQ(local->last("bluetti/one/soc"), "64");
  EXPECT_EQ(cloud->published[0].topic, "SUB/NEW9000/1001");
}

TEST_F(DetectedModel, AStationThatCallsItselfOneOfTheOtherGenerationIsNotBelieved) {
  build(detected_config());
  connect_both();
  hear(push(102, "0040"));
  hear(push(200, "4c4f 0044 0000 0000"));  // "OLD"
  EXPECT_EQ(daemon->fleet().members()[0]->config.model->name, "TEST");
  hear(push(102, "0041"));
  EXPECT_EQ(local->last("bluetti/one/soc"), "65");
}

TEST_F(DetectedModel, AModelByWhichNothingIsUnderstoodForAMinuteIsFoundOutAgain) {
  build(detected_config());
  connect_both();
  hear(push(102, "0040"), "PUB/OLD/1001");
  ASSERT_EQ(daemon->fleet().members()[0]->config.model->name, "OLD") << "a first message that is not what it seems";
  EXPECT_EQ(cloud->subscriptions.back(), "PUB/+/1001") << "it is still heard under any model";
  hear(push(102, "0040"));
  EXPECT_EQ(daemon->fleet().members()[0]->config.model->name, "OLD") << "two messages that contradict each other";
  pass(61s);
  hear(push(102, "0040"));
  hear(push(102, "0041"));
  EXPECT_EQ(daemon->fleet().members()[0]->config.model->name, "TEST");
  EXPECT_EQ(local->last("bluetti/one/soc"), "65");
  pass(1s);
  EXPECT_EQ(cloud->published.back().topic, "SUB/TEST/1001");
}

TEST_F(DetectedModel, AModelThatFitsStaysWhateverElseIsSentInItsName) {
  build(detected_config());
  connect_both();
  hear(push(102, "0040"));
  for (int second = 0; second < 150; ++second) {
    pass(1s);
    hear("nonsense");
    hear(push(102, "0040"), "PUB/OLD/1001");
    if (second % 50 == 0) hear(push(102, "0040"));
  }
  EXPECT_EQ(daemon->fleet().members()[0]->config.model->name, "TEST");
}

}  // namespace
}  // namespace bluetti::test
