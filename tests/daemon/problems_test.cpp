// SPDX-License-Identifier: MIT
// Faults and warnings of a station, together and one by one: bits in, topics and events out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/daemon/stepped_gateway.h"

namespace bluetti::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint16_t kWarnings = 126;
constexpr std::uint16_t kFaults = 133;

class ProblemTopics : public SteppedGateway {
 protected:
  void SetUp() override {
    gateway::Config config = test_config();
    gateway::StationConfig& station = config.stations[0];
    const schemas::Catalog& known = built_in_catalog();
    station.model = known.model("AP300");
    station.cloud_model = station.model->cloud_name;
    station.poll = gateway::resolve_poll(*station.model, known, {});
    build(std::move(config), {&known, [](const auto*) {}});
    connect_both();
  }
  // All words of warnings or faults come together; those behind the given ones are 0.
  void say(std::uint16_t first, std::string bits) {
    bits.resize(first == kWarnings ? 16 : 24, '0');
    hear(push(first, bits), "PUB/AP300/1001");
  }
  [[nodiscard]] std::string state() const { return local->last("bluetti/one/problem"); }
  [[nodiscard]] nlohmann::json problems() const { return nlohmann::json::parse(local->last("bluetti/one/problems")); }
  [[nodiscard]] std::vector<nlohmann::json> events() const {
    std::vector<nlohmann::json> events;
    for (const Published& message : local->published) {
      if (message.topic != "bluetti/one/problem/event") continue;
      EXPECT_FALSE(message.retained);
      events.push_back(nlohmann::json::parse(message.payload));
    }
    return events;
  }
};

TEST_F(ProblemTopics, AreUnknownUntilTheStationSays) {
  EXPECT_EQ(state(), "");
  EXPECT_EQ(problems()["active"], nullptr);
  say(kWarnings, "0000");
  EXPECT_EQ(state(), "OFF");
  EXPECT_THAT(problems()["active"], IsEmpty());
}

TEST_F(ProblemTopics, NameWhatIsSet) {
  say(kWarnings, "0001");
  say(kFaults, "0002");
  EXPECT_EQ(state(), "ON");
  EXPECT_THAT(problems()["codes"], ElementsAre("E002", "E113"));
  EXPECT_THAT(problems()["active"], ElementsAre("E002 Inverter overtemperature", "E113 Grid voltage high"));
}

TEST_F(ProblemTopics, AnEventTellsWhatComesAndWhatGoesAndNothingAtTheFirstLook) {
  say(kWarnings, "0001");
  EXPECT_THAT(events(), IsEmpty()) << "it may have been there for days";
  say(kWarnings, "0003");
  ASSERT_THAT(events(), testing::SizeIs(1));
  EXPECT_EQ(events()[0]["event_type"], "E114");
  EXPECT_EQ(events()[0]["text"], "Grid voltage low");
  say(kWarnings, "0002");
  ASSERT_THAT(events(), testing::SizeIs(2));
  EXPECT_EQ(events()[1]["event_type"], "cleared");
  EXPECT_EQ(events()[1]["code"], "E113");
}

TEST_F(ProblemTopics, ABitWithoutANameIsToldByItsNumber) {
  say(kFaults, "0000");
  say(kFaults, "00001000");
  ASSERT_THAT(events(), testing::SizeIs(1));
  EXPECT_EQ(events()[0]["event_type"], "other");
  EXPECT_EQ(events()[0]["text"], "Faults 2 bit 12");
}

TEST_F(ProblemTopics, WhatCameWhileTheBrokerWasAwayIsToldWhenItIsBack) {
  say(kWarnings, "0000");
  daemon->handle(gateway::ConnectionLost{kLocal, "gone"}, clock.now());
  say(kWarnings, "0001");
  EXPECT_THAT(events(), IsEmpty());
  pass(3s);
  daemon->handle(gateway::Connected{kLocal}, clock.now());
  pass(1s);
  ASSERT_THAT(events(), testing::SizeIs(1));
  EXPECT_EQ(state(), "ON");
}

}  // namespace
}  // namespace bluetti::test
