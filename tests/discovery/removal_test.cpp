// SPDX-License-Identifier: MIT
// Home Assistant keeps what is merely left out, and refuses an id that shows up elsewhere before it is free.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "discovery/discovery.h"
#include "tests/support/home_assistant_rules.h"

namespace bluetti::discovery {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kStationTopic = "homeassistant/device/bluetti_77/config";
constexpr const char* kFirstPackTopic = "homeassistant/device/bluetti_77_pack_1/config";
constexpr const char* kSecondPackTopic = "homeassistant/device/bluetti_77_pack_2/config";

// A station with its power, and up to two packs with one value each.
class RemovalTest : public testing::Test {
 protected:
  RemovalTest() {
    power_.title = "Power";
    voltage_.title = "Voltage";
    pack_.instance = "pack";
    station_.serial = "77";
    station_.name = "Shed";
    topics_.station = "shed";
    station_.entities = {{&power_slot_, &block_}, {&first_, &pack_}};
  }

  [[nodiscard]] std::vector<Document> made() const { return documents(station_, topics_, {}); }
  void remember(const std::vector<Document>& published) {
    station_.announced.clear();
    for (const Document& document : published) station_.announced.push_back(document.announced());
  }
  // What a caller does: once more as long as something was taken away.
  std::vector<Document> publish() {
    const std::vector<Document> published = made();
    remember(published);
    return published;
  }
  static json components(const Document& document) { return json::parse(document.payload).at("components"); }

  schemas::Field power_, voltage_;
  schemas::Block block_, pack_;
  schemas::Slot power_slot_{&power_, nullptr, 0, "power", "power"};
  schemas::Slot first_{&voltage_, nullptr, 0, "pack/1/voltage", "pack_1_voltage"};
  schemas::Slot second_{&voltage_, nullptr, 0, "pack/2/voltage", "pack_2_voltage"};
  Station station_;
  Topics topics_;
};

TEST_F(RemovalTest, ADocumentSaysWhatIsToBeRemembered) {
  ASSERT_EQ(made().size(), 1U);
  EXPECT_EQ(made()[0].announced().topic, kStationTopic);
  EXPECT_THAT(made()[0].components,
              ElementsAre("binary_sensor:connection", "button:boost", "sensor:pack_1_voltage", "sensor:power"));
  EXPECT_THAT(made()[0].removed, IsEmpty());
}

TEST_F(RemovalTest, WhatIsGoneIsNamedOnceByItsPlatformAlone) {
  publish();
  station_.entities.erase(station_.entities.begin());
  const Document taking = publish()[0];
  EXPECT_THAT(taking.removed, ElementsAre("sensor:power"));
  EXPECT_EQ(components(taking)["power"], json::parse(R"({"platform": "sensor"})"));
  EXPECT_THAT(test_support::home_assistant_violations({{taking.topic, taking.payload}}), IsEmpty());
  const Document after = publish()[0];
  EXPECT_THAT(after.removed, IsEmpty());
  EXPECT_FALSE(components(after).contains("power"));
}

TEST_F(RemovalTest, WhatIsStillThereStays) {
  publish();
  EXPECT_THAT(made()[0].removed, IsEmpty());
  EXPECT_EQ(components(made()[0])["power"]["unique_id"], "bluetti_77_power");
}

TEST_F(RemovalTest, AnotherPlatformWaitsUntilTheFormerIsGone) {
  publish();
  power_.type = schemas::Type::boolean;
  const Document taking = publish()[0];
  EXPECT_EQ(components(taking)["power"], json::parse(R"({"platform": "sensor"})"));
  EXPECT_THAT(taking.components, ElementsAre("binary_sensor:connection", "button:boost", "sensor:pack_1_voltage"));
  const Document after = publish()[0];
  EXPECT_EQ(components(after)["power"]["platform"], "binary_sensor");
  EXPECT_THAT(after.removed, IsEmpty());
}

TEST_F(RemovalTest, ASecondPackTakesTheFirstOutOfTheStationInTwoSteps) {
  publish();
  station_.entities.push_back({&second_, &pack_});
  const std::vector<Document> taking = publish();
  ASSERT_EQ(taking.size(), 2U);
  EXPECT_THAT(taking[0].removed, ElementsAre("sensor:pack_1_voltage"));
  EXPECT_EQ(taking[1].topic, kSecondPackTopic);
  const std::vector<Document> after = publish();
  ASSERT_EQ(after.size(), 3U);
  EXPECT_EQ(after[1].topic, kFirstPackTopic);
  EXPECT_EQ(components(after[1])["pack_1_voltage"]["unique_id"], "bluetti_77_pack_1_voltage");
  for (const Document& document : after) EXPECT_THAT(document.removed, IsEmpty());
}

TEST_F(RemovalTest, APackThatIsGoneTakesItsDeviceWithIt) {
  station_.entities.push_back({&second_, &pack_});
  publish();
  station_.entities.pop_back();
  const std::vector<Document> taking = publish();
  ASSERT_EQ(taking.size(), 3U);
  EXPECT_EQ(taking[2].topic, kSecondPackTopic);
  EXPECT_EQ(taking[2].payload, "");
  EXPECT_THAT(taking[2].removed, ElementsAre("sensor:pack_2_voltage"));
}

TEST_F(RemovalTest, ThePackThatIsLeftKeepsItsDevice) {
  station_.entities.push_back({&second_, &pack_});
  publish();
  station_.entities.pop_back();
  publish();
  EXPECT_EQ(publish()[1].topic, kFirstPackTopic);
}

TEST_F(RemovalTest, WhatIsRememberedAsNoComponentAtAllIsPassedOver) {
  station_.announced = {{kStationTopic, {"", ":", "power", "sensor:", ":power"}}};
  EXPECT_THAT(made()[0].removed, IsEmpty());
}

TEST_F(RemovalTest, AReminderHasTheLeastThatMakesHomeAssistantKnowADeviceAgain) {
  const json station = json::parse(reminder({kStationTopic, {"event:problem_event", "select:mode", "sensor:power"}}));
  EXPECT_EQ(station["device"]["identifiers"], json::parse(R"(["bluetti_77"])"));
  EXPECT_EQ(station["origin"]["name"], "BLUETTI Gateway");
  EXPECT_EQ(station["components"], json::parse(R"({
    "problem_event": {"platform": "event", "unique_id": "bluetti_77_problem_event", "state_topic": "bluetti_77/gone",
                      "event_types": ["gone"]},
    "mode": {"platform": "select", "unique_id": "bluetti_77_mode", "command_topic": "bluetti_77/gone",
             "options": ["gone"]},
    "power": {"platform": "sensor", "unique_id": "bluetti_77_power", "state_topic": "bluetti_77/gone"}})"));
  const json pack = json::parse(reminder({kSecondPackTopic, {"sensor:pack_2_voltage"}}));
  EXPECT_EQ(pack["device"]["identifiers"], json::parse(R"(["bluetti_77_pack_2"])"));
  EXPECT_EQ(pack["components"]["pack_2_voltage"]["unique_id"], "bluetti_77_pack_2_voltage");
}

}  // namespace
}  // namespace bluetti::discovery
