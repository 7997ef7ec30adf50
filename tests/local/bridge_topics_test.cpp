// SPDX-License-Identifier: MIT
#include "gateway/local/bridge_topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class BridgeTopicsTest : public testing::Test {
 protected:
  using Told = std::vector<std::pair<std::string, std::string>>;
  Told tell() {
    Told told;
    topics.tell(status, [&](const std::string& topic, std::string_view payload) {
      if (accepts) told.emplace_back(topic, payload);
      return accepts;
    });
    return told;
  }

  gateway::BridgeTopics topics{"bluetti", "bridge"};
  gateway::BridgeStatus status{.log_level = "info", .accounts = {{.id = "home", .connected = true}}};
  bool accepts = true;
};

TEST_F(BridgeTopicsTest, TellsEachAccountsStateBelowTheBridge) {
  status.accounts[0].requests_per_minute = 42;
  status.requests = true;
  status.accounts[0].last_answer = gateway::WallTime(std::chrono::seconds(1'790'000'000));
  EXPECT_THAT(tell(), ElementsAre(Pair("bluetti/bridge/version", testing::Not(IsEmpty())),
                                  Pair("bluetti/bridge/log_level", "info"), Pair("bluetti/bridge/requests", "ON"),
                                  Pair("bluetti/bridge/account/home/connection", "ON"),
                                  Pair("bluetti/bridge/account/home/requests_per_minute", "42"),
                                  Pair("bluetti/bridge/account/home/last_answer", "2026-09-21T14:13:20+00:00"),
                                  Pair("bluetti/bridge/account/home/certificate_expires", ""),
                                  Pair("bluetti/bridge/account/home/problem", "none")));
}

TEST_F(BridgeTopicsTest, TellsOnlyWhatChanged) {
  (void)tell();
  EXPECT_THAT(tell(), IsEmpty());
  status.accounts[0].connected = false;
  EXPECT_THAT(tell(), ElementsAre(Pair("bluetti/bridge/account/home/connection", "OFF")));
}

TEST_F(BridgeTopicsTest, WhatCouldNotBeSentIsTriedAgain) {
  accepts = false;
  (void)tell();
  accepts = true;
  EXPECT_EQ(tell().size(), 8U);
}

TEST_F(BridgeTopicsTest, WhatCouldNotBeSentIsStillOneOfThem) {
  accepts = false;
  (void)tell();
  EXPECT_THAT(topics.paths(), testing::Contains("version"));
}

TEST_F(BridgeTopicsTest, AnAccountThatIsGoneIsNoneOfThemAnyMore) {
  (void)tell();
  EXPECT_THAT(topics.paths(), testing::Contains("account/home/connection"));
  status.accounts.clear();
  (void)tell();
  EXPECT_THAT(topics.paths(), testing::Not(testing::Contains("account/home/connection")));
}

TEST_F(BridgeTopicsTest, ABrokerThatForgotIsToldEverythingAgain) {
  (void)tell();
  topics.forget();
  EXPECT_EQ(tell().size(), 8U);
}

}  // namespace
}  // namespace bluetti::test
