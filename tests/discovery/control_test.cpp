// SPDX-License-Identifier: MIT
// What Home Assistant is told of the settings that may be changed: one entity each, beside the one that shows the
// value.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/discovery/full_station.h"

namespace bluetti::discovery {
namespace {

using nlohmann::json;
using schemas::SettingKind;
using testing::ElementsAre;

json components_of(const FullStation& full, const Language& language = {}) {
  return json::parse(full.documents(language).front().payload).at("components");
}

class UnderControl : public testing::Test {
 protected:
  explicit UnderControl(const char* model) : full(*catalog().model(model), 1) { full.allow_control(); }
  [[nodiscard]] json component(const std::string& id) const { return components_of(full).at(id); }

  FullStation full;
};

class Ap300UnderControl : public UnderControl {
 protected:
  Ap300UnderControl() : UnderControl("AP300") {}
};

class Elite200UnderControl : public UnderControl {
 protected:
  Elite200UnderControl() : UnderControl("ELITE200V2") {}
};

TEST_F(Ap300UnderControl, HasASwitchForWhatIsOnOrOff) {
  EXPECT_EQ(component("ac_eco_control"), json::parse(R"({
    "command_topic": "bluetti/living_room/ac_eco/set",
    "default_entity_id": "switch.living_room_ac_eco_mode_control",
    "entity_category": "config",
    "icon": "mdi:leaf",
    "name": "AC eco mode control",
    "optimistic": false,
    "payload_off": "OFF",
    "payload_on": "ON",
    "platform": "switch",
    "qos": 1,
    "state_topic": "bluetti/living_room/ac_eco",
    "unique_id": "bluetti_2345000000001_ac_eco_control",
    "value_template": "{{ value or None }}"
  })"));
}

TEST_F(Ap300UnderControl, HasANumberWithTheBoundsOfTheData) {
  const schemas::Setting& setting = *full.settings->find("soc_low_limit");
  const json number = component("soc_low_limit_control");
  EXPECT_EQ(number["platform"], "number");
  EXPECT_EQ(number["min"], *setting.facts().rule.min);
  EXPECT_EQ(number["max"], *setting.facts().rule.max);
  EXPECT_EQ(number["step"], setting.facts().rule.step.value_or(1));
  EXPECT_EQ(number["unit_of_measurement"], "%");
  EXPECT_EQ(number["mode"], "box");
}

TEST_F(Elite200UnderControl, HasATextForATimeSlotThatTakesWhatTheGatewayTakes) {
  const json text = component("time_slot_1_control");
  EXPECT_EQ(text["platform"], "text");
  EXPECT_EQ(text["name"], "Time slot 1 control");
  EXPECT_EQ(text["state_topic"], "bluetti/living_room/time_slot/1");
  EXPECT_EQ(text["command_topic"], "bluetti/living_room/time_slot/1/set");
  const std::regex pattern(text["pattern"].get<std::string>());
  for (const char* good : {"off", "charge 01:00-05:00", "discharge 18:30-23:59"}) {
    EXPECT_TRUE(std::regex_match(good, pattern)) << good;
    EXPECT_FALSE(full.settings->find("time_slot/1")->check(good)) << good;
  }
  for (const char* bad :
       {"on", "charge", "charge 1:00-5:00", "charge 25:00-26:00", "charge 01:00-05:60", "off 01:00"}) {
    EXPECT_FALSE(std::regex_match(bad, pattern)) << bad;
    EXPECT_TRUE(full.settings->find("time_slot/1")->check(bad)) << bad;
  }
}

TEST_F(Ap300UnderControl, KeepsTheSensorsItHad) {
  const json with = components_of(full);
  full.station.settings.clear();
  const json without = components_of(full);
  ASSERT_FALSE(without.empty());
  for (const auto& [id, component] : without.items()) EXPECT_EQ(with.at(id), component) << id;
  EXPECT_FALSE(without.contains("control_undo")) << "nothing is shown of control where nothing may be changed";
  EXPECT_FALSE(without.contains("control_result"));
}

TEST_F(Ap300UnderControl, HasAButtonThatTakesTheLastChangeBack) {
  EXPECT_EQ(component("control_undo"), json::parse(R"({
    "command_topic": "bluetti/living_room/control/undo",
    "default_entity_id": "button.living_room_undo_last_change",
    "entity_category": "config",
    "icon": "mdi:undo",
    "name": "Undo last change",
    "platform": "button",
    "qos": 1,
    "unique_id": "bluetti_2345000000001_control_undo"
  })"));
}

TEST_F(Ap300UnderControl, SaysWhatBecameOfTheLastChange) {
  const json sensor = component("control_result");
  EXPECT_EQ(sensor["state_topic"], "bluetti/living_room/control/result");
  EXPECT_EQ(sensor["json_attributes_topic"], sensor["state_topic"]);
  EXPECT_THAT(sensor["options"], ElementsAre("Confirmed", "Refused", "Failed", "Reverted", "Other"));
  EXPECT_EQ(sensor["entity_category"], "diagnostic");
  EXPECT_FALSE(sensor.contains("expire_after"));
}

TEST_F(Ap300UnderControl, SpeaksGerman) {
  const json components = components_of(full, *Language::named("de"));
  EXPECT_EQ(components.at("ac_eco_control")["name"], "AC-Eco-Modus Steuerung");
  EXPECT_EQ(components.at("control_undo")["name"], "Letzte Änderung zurücknehmen");
  EXPECT_EQ(components.at("control_result")["name"], "Letzte Änderung");
}

TEST_F(Elite200UnderControl, SpeaksGermanOfTimeSlotsToo) {
  const json components = components_of(full, *Language::named("de"));
  EXPECT_EQ(components.at("time_slot_1_control")["name"], "Zeitfenster 1 Steuerung");
}

const char* platform_of(SettingKind kind) {
  switch (kind) {
    case SettingKind::boolean:
      return "switch";
    case SettingKind::option:
      return "select";
    case SettingKind::number:
      return "number";
    case SettingKind::time_slot:
      return "text";
  }
  return "";
}

TEST(EveryModelUnderControl, HasAnEntityOfTheRightKindForEachSetting) {
  for (const auto& [name, model] : catalog().models()) {
    FullStation full(model, 1);
    full.allow_control();
    const json components = components_of(full);
    for (const schemas::Setting& setting : full.settings->all()) {
      ASSERT_TRUE(components.contains(control_id(setting))) << name << ": " << setting.path();
      const json& component = components.at(control_id(setting));
      EXPECT_EQ(component["platform"], platform_of(setting.facts().kind)) << name << ": " << setting.path();
      EXPECT_EQ(component["entity_category"], "config");
      EXPECT_EQ(component["optimistic"], false);
      EXPECT_EQ(component["qos"], 1);
      EXPECT_FALSE(component.contains("retain"));
    }
  }
}

// What a selection's command template sends for each of its texts.
std::map<std::string, std::string> codes_of(const json& component) {
  const auto text = component.at("command_template").get<std::string>();
  const std::size_t begin = text.find('{', 1);
  return json::parse(text.substr(begin, text.find(" %}") - begin));
}

// An option that Home Assistant offers is one that the gateway takes.
TEST(EveryModelUnderControl, OffersOnlyWhatMayBeWished) {
  for (const auto& [name, model] : catalog().models()) {
    FullStation full(model, 1);
    full.allow_control();
    const json components = components_of(full);
    for (const schemas::Setting& setting : full.settings->all()) {
      const json& component = components.at(control_id(setting));
      for (const json& option : component.value("options", json::array())) {
        const std::string code = codes_of(component).at(option.get<std::string>());
        EXPECT_FALSE(setting.check(code)) << name << ": " << setting.path() << " = " << code;
      }
      if (component["platform"] != "number") continue;
      EXPECT_FALSE(setting.check(component["min"].dump())) << name << ": " << setting.path();
    }
  }
}

TEST(NumberWithOneValue, IsNoEntity) {
  FullStation full(*catalog().model("AP300"), 1);
  full.allow_control();
  schemas::Setting* number = &*std::ranges::find(full.settings->all(), "soc_low_limit", &schemas::Setting::path);
  ASSERT_TRUE(number->narrow(20, 20));
  full.station.settings = {number};
  EXPECT_FALSE(components_of(full).contains("soc_low_limit_control"));
  ASSERT_TRUE(components_of(full).contains("control_undo"));
}

}  // namespace
}  // namespace bluetti::discovery
