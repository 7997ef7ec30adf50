// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "discovery/discovery.h"
#include "tests/support/home_assistant_rules.h"

namespace bluetti::discovery {
namespace {

using nlohmann::json;
using test_support::home_assistant_violations;
using test_support::Message;
using testing::ElementsAre;
using testing::IsEmpty;

class BridgeTest : public testing::Test {
 protected:
  [[nodiscard]] Document made(const Language& language = {}) const {
    return bridge_documents(bridge_, {}, {}, language).front();
  }
  [[nodiscard]] json parsed() const { return json::parse(made().payload); }
  [[nodiscard]] json component(const char* id) const { return parsed().at("components").at(id); }
  [[nodiscard]] auto violations(const std::vector<Message>& published = {}) const {
    return home_assistant_violations({{made().topic, made().payload}}, published);
  }

  Bridge bridge_{.installation = "0123456789abcdef", .version = "0.1.0", .accounts = {{.id = "home"}}};
};

TEST_F(BridgeTest, IsADeviceOfItsOwn) {
  EXPECT_EQ(made().topic, "homeassistant/device/bluetti_gateway_0123456789abcdef/config");
  EXPECT_EQ(parsed()["device"], json::parse(R"({
    "identifiers": ["bluetti_gateway_0123456789abcdef"], "name": "BLUETTI Gateway", "manufacturer": "BLUETTI Gateway",
    "model": "bluetti-gateway", "sw_version": "0.1.0"})"));
}

TEST_F(BridgeTest, IsThereWhileTheGatewayIsWhateverTheCloudDoes) {
  EXPECT_EQ(parsed()["availability"], json::parse(R"([{"topic": "bluetti/bridge/availability"}])"));
}

TEST_F(BridgeTest, ShowsItselfAndItsAccount) {
  EXPECT_THAT(made().components,
              ElementsAre("binary_sensor:account_home_connection", "button:restart", "select:log_level",
                          "sensor:account_home_certificate_expires", "sensor:account_home_last_answer",
                          "sensor:account_home_problem", "sensor:account_home_requests_per_minute"));
}

TEST_F(BridgeTest, ShowsWhetherTheCloudIsThere) {
  EXPECT_EQ(component("account_home_connection"), json::parse(R"({
    "platform": "binary_sensor", "unique_id": "bluetti_gateway_0123456789abcdef_account_home_connection",
    "default_entity_id": "binary_sensor.bluetti_gateway_cloud_connection", "name": "Cloud connection",
    "state_topic": "bluetti/bridge/account/home/connection", "value_template": "{{ value or None }}",
    "device_class": "connectivity"})"));
}

TEST_F(BridgeTest, WritesNoLineAMinuteIntoTheLogbook) {
  EXPECT_EQ(component("account_home_last_answer")["enabled_by_default"], false);
  EXPECT_EQ(component("account_home_requests_per_minute")["unit_of_measurement"], "requests/min");
}

TEST_F(BridgeTest, CanBeRestarted) {
  EXPECT_EQ(component("restart"), json::parse(R"({
    "platform": "button", "unique_id": "bluetti_gateway_0123456789abcdef_restart",
    "default_entity_id": "button.bluetti_gateway_restart", "name": "Restart",
    "command_topic": "bluetti/bridge/restart/set", "device_class": "restart", "entity_category": "config", "qos": 1})"));
}

TEST_F(BridgeTest, LetsTheLogLevelBeChosen) {
  EXPECT_EQ(component("log_level")["options"], json::parse(R"(["trace", "debug", "info", "warning", "error"])"));
  EXPECT_EQ(component("log_level")["state_topic"], "bluetti/bridge/log_level");
  EXPECT_EQ(component("log_level")["command_topic"], "bluetti/bridge/log_level/set");
}

TEST_F(BridgeTest, SaysWhichAccountWhereThereAreSeveral) {
  bridge_.accounts = {{.id = "home"}, {.id = "cabin", .name = "Cabin"}};
  EXPECT_EQ(component("account_home_connection")["name"], "Cloud connection (home)");
  EXPECT_EQ(component("account_cabin_last_answer")["name"], "Last answer from the cloud (Cabin)");
  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(BridgeTest, TakesAwayAnAccountThatIsNoMore) {
  const Announced before = made().announced();
  bridge_.accounts.clear();
  bridge_.announced = {before};
  EXPECT_EQ(made().removed.size(), 5U);
  EXPECT_EQ(component("account_home_problem"), json::parse(R"({"platform": "sensor"})"));
  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(BridgeTest, SpeaksTheLanguage) {
  const json german = json::parse(made(*Language::named("de")).payload);
  EXPECT_EQ(german["components"]["restart"]["name"], "Neustart");
  EXPECT_EQ(german["components"]["restart"]["unique_id"], component("restart")["unique_id"]);
  EXPECT_EQ(german["components"]["log_level"]["options"], component("log_level")["options"]);
}

TEST_F(BridgeTest, BreaksNoRuleOfHomeAssistant) {
  EXPECT_THAT(violations({{"bluetti/bridge/availability", "online"},
                          {"bluetti/bridge/version", "0.1.0"},
                          {"bluetti/bridge/log_level", "info"},
                          {"bluetti/bridge/restart/set", "PRESS", false},
                          {"bluetti/bridge/account/home/connection", "ON"},
                          {"bluetti/bridge/account/home/requests_per_minute", "11.5"},
                          {"bluetti/bridge/account/home/last_answer", "2026-03-01T08:15:00+00:00"},
                          {"bluetti/bridge/account/home/certificate_expires", ""},
                          {"bluetti/bridge/account/home/problem", "ok"}}),
              IsEmpty());
}

}  // namespace
}  // namespace bluetti::discovery
