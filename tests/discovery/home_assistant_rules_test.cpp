// SPDX-License-Identifier: MIT
// A rule that never fires proves nothing: each is shown a document or a message that breaks it.
#include "tests/support/home_assistant_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace bluetti::test_support {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::IsEmpty;

constexpr const char* kTopic = "homeassistant/device/bluetti_77/config";

json good_document() {
  return json::parse(R"({
    "device": {"identifiers": ["bluetti_77"], "name": "Shed", "manufacturer": "BLUETTI", "sw_version": "4036.08"},
    "origin": {"name": "gateway", "sw_version": "1.0", "support_url": "https://example.org"},
    "availability": [{"topic": "b/bridge/availability"}, {"topic": "b/shed/availability"}],
    "availability_mode": "all",
    "components": {
      "power": {"platform": "sensor", "unique_id": "bluetti_77_power", "default_entity_id": "sensor.shed_power",
                "name": "Power", "state_topic": "b/shed/power", "value_template": "{{ value or None }}",
                "device_class": "power", "state_class": "measurement", "unit_of_measurement": "W",
                "suggested_display_precision": 0},
      "mode": {"platform": "sensor", "unique_id": "bluetti_77_mode", "default_entity_id": "sensor.shed_mode",
               "name": "Mode", "state_topic": "b/shed/state", "value_template": "{{ value_json.mode }}",
               "device_class": "enum", "options": ["idle", "charging", "other"], "entity_category": "diagnostic"},
      "serial": {"platform": "sensor", "unique_id": "bluetti_77_serial", "default_entity_id": "sensor.shed_serial",
                 "name": "Serial", "state_topic": "b/shed/serial"},
      "fault": {"platform": "binary_sensor", "unique_id": "bluetti_77_fault", "name": "Fault",
                "default_entity_id": "binary_sensor.shed_fault", "state_topic": "b/shed/fault",
                "device_class": "problem"},
      "limit": {"platform": "number", "unique_id": "bluetti_77_limit", "default_entity_id": "number.shed_limit",
                "name": "Limit", "state_topic": "b/shed/limit", "command_topic": "b/shed/limit/set", "qos": 1,
                "min": 0, "max": 50, "step": 1, "entity_category": "config"},
      "seen": {"platform": "sensor", "unique_id": "bluetti_77_seen", "default_entity_id": "sensor.shed_seen",
               "name": "Seen", "state_topic": "b/shed/seen", "device_class": "timestamp"},
      "restart": {"platform": "button", "unique_id": "bluetti_77_restart", "default_entity_id": "button.shed_restart",
                  "name": "Restart", "command_topic": "b/shed/restart/set", "qos": 1, "device_class": "restart",
                  "entity_category": "config"},
      "reached": {"platform": "binary_sensor", "unique_id": "bluetti_77_reached", "name": "Reached",
                  "default_entity_id": "binary_sensor.shed_reached", "state_topic": "b/shed/availability",
                  "payload_on": "online", "payload_off": "offline", "device_class": "connectivity",
                  "availability": [{"topic": "b/bridge/availability"}], "availability_mode": "all"},
      "faults": {"platform": "binary_sensor", "unique_id": "bluetti_77_faults", "name": "Faults",
                 "default_entity_id": "binary_sensor.shed_faults", "state_topic": "b/shed/faults",
                 "value_template": "{{ None if value == '' else 'ON' if value | int else 'OFF' }}",
                 "json_attributes_topic": "b/shed/faults",
                 "json_attributes_template": "{{ {'active': []} | to_json }}"},
      "slot": {"platform": "text", "unique_id": "bluetti_77_slot", "default_entity_id": "text.shed_slot",
               "name": "Slot", "state_topic": "b/shed/slot", "command_topic": "b/shed/slot/set", "qos": 1,
               "pattern": "^(off|charge [0-9:-]+)?$", "optimistic": false, "entity_category": "config"},
      "speed": {"platform": "select", "unique_id": "bluetti_77_speed", "default_entity_id": "select.shed_speed",
                "name": "Speed", "state_topic": "b/shed/speed", "command_topic": "b/shed/speed/set", "qos": 1,
                "value_template": "{% set names = {\"fast\": \"Fast\", \"slow\": \"Slow\"} %}{{ names.get(value) }}",
                "command_template": "{% set codes = {\"Fast\": \"fast\"} %}{{ codes.get(value, value) }}",
                "options": ["Fast", "Slow"], "entity_category": "config"},
      "event": {"platform": "event", "unique_id": "bluetti_77_event", "default_entity_id": "event.shed_event",
                "name": "Event", "state_topic": "b/shed/problem/event", "event_types": ["E001", "other"]},
      "current": {"platform": "number", "unique_id": "bluetti_77_current",
                  "default_entity_id": "number.shed_current", "name": "Current", "state_topic": "b/shed/current",
                  "command_topic": "b/shed/current/set", "qos": 1, "min": 1, "max": 16, "step": 1,
                  "value_template": "{{ value if value != '' and 1 <= value | float <= 16 else None }}",
                  "entity_category": "config"},
      "undo": {"platform": "button", "unique_id": "bluetti_77_undo", "default_entity_id": "button.shed_undo",
               "name": "Undo", "command_topic": "b/shed/control/undo", "qos": 1, "entity_category": "config"},
      "result": {"platform": "sensor", "unique_id": "bluetti_77_result", "default_entity_id": "sensor.shed_result",
                 "name": "Last change", "state_topic": "b/shed/control/result", "device_class": "enum",
                 "options": ["confirmed", "other"], "value_template": "{{ value_json.outcome }}"},
      "gone": {"platform": "sensor"}
    }
  })");
}

std::vector<Message> good_messages() {
  return {{"b/bridge/availability", "online"},
          {"b/shed/availability", "offline"},
          {"b/shed/power", "-120.5"},
          {"b/shed/state", R"({"mode": "idle"})"},
          {"b/shed/serial", "AP300"},
          {"b/shed/fault", "ON"},
          {"b/shed/faults", "128"},
          {"b/shed/seen", "2026-03-01T08:15:00+00:00"},
          {"b/shed/limit", "20"},
          {"b/shed/limit/set", "30", false},
          {"b/shed/slot", "charge 01:00-05:00"},
          {"b/shed/speed", "slow"},
          {"b/shed/current", "16"},
          {"b/shed/problem/event", R"({"event_type": "E001"})", false},
          {"b/shed/control/result", R"({"outcome": "confirmed"})", false}};
}

std::vector<Violation> violations_of(const json& document) {
  return home_assistant_violations({{kTopic, document.dump()}}, good_messages());
}

TEST(HomeAssistantRules, FindNothingWrongWithAGoodDocument) {
  EXPECT_THAT(violations_of(good_document()), IsEmpty());
}

TEST(HomeAssistantRules, TakeAnEmptyPayloadForTheEndOfADevice) {
  EXPECT_THAT(home_assistant_violations({{kTopic, ""}}), IsEmpty());
}

// One change to the good document. Without a value, what is at the place is taken away.
struct Change {
  const char* rule;
  const char* place;
  const char* value = nullptr;
};

std::ostream& operator<<(std::ostream& out, const Change& change) {
  return out << "rule " << change.rule << ", " << change.place << " = " << (change.value ? change.value : "nothing");
}

const Change kChanges[] = {
    {"3", "/device_name", R"("Shed")"},
    {"3", "/message_expiry_interval", R"({"hours": 1})"},
    {"3", "/components"},
    {"3", "/components", "[]"},
    {"3", "/availability/0/payload", R"("online")"},
    {"4", "/device"},
    {"4", "/device/vendor", R"("BLUETTI")"},
    {"4", "/device/sw_version", "null"},
    {"4", "/device/sw_version", "4036.08"},
    {"4", "/device/identifiers", "[]"},
    {"4", "/device/identifiers", R"([""])"},
    {"5", "/origin"},
    {"5", "/origin/name"},
    {"5", "/origin/version", R"("1.0")"},
    {"5", "/origin/sw_version", "null"},
    {"6", "/components/two words", R"({"platform": "sensor"})"},
    {"7", "/components/gone/platform", R"("gauge")"},
    {"7", "/components/gone", "{}"},
    {"7", "/components/power/platform"},
    {"8", "/components/power/unique_id"},
    {"9", "/~0", R"("b/shed")"},
    {"10", "/device/configuration_url", R"("192.168.1.2/setup")"},
    {"11", "/availability_topic", R"("b/bridge/availability")"},
    {"B9", "/components/power/availability_topic", R"("b/bridge/availability")"},
    {"12", "/components/power/state_topic"},
    {"12", "/components/fault/state_topic"},
    {"13", "/components/limit/command_topic"},
    {"13", "/components/restart/command_topic"},
    {"14", "/components/power/unit_of_measurement"},
    {"14", "/components/power/unit_of_measurement", R"("kWh")"},
    {"14", "/components/power/unit_of_measurement", R"("w")"},
    {"14", "/components/power/device_class", R"("charge")"},
    {"14", "/components/fault/device_class", R"("alarm")"},
    {"14", "/components/restart/device_class", R"("reboot")"},
    {"15", "/components/mode/unit_of_measurement", R"("W")"},
    {"15", "/components/mode/state_class", R"("measurement")"},
    {"15", "/components/mode/suggested_display_precision", "1"},
    {"16", "/components/mode/options"},
    {"16", "/components/mode/options", "[]"},
    {"16", "/components/mode/options", R"(["idle", "charging", "other", "idle"])"},
    {"16", "/components/mode/options", R"(["idle", "charging", "other", 3])"},
    {"16", "/components/mode/options", R"(["idle", "charging", "other", "None"])"},
    {"16", "/components/power/options", R"(["1", "2"])"},
    {"17", "/components/power/last_reset_value_template", R"("{{ value }}")"},
    {"18", "/components/power/entity_category", R"("config")"},
    {"18", "/components/fault/entity_category", R"("config")"},
    {"18", "/components/limit/entity_category", R"("advanced")"},
    {"19", "/components/power/state_class", R"("total_increasing")"},
    {"19", "/components/serial/state_class", R"("mean")"},
    {"20", "/components/serial/state_class", R"("measurement_angle")"},
    {"21", "/components/serial/device_class", R"("")"},
    {"21", "/components/serial/state_class", R"("")"},
    {"22", "/components/limit/min", "50"},
    {"22", "/components/limit/step", "0.0001"},
    {"23", "/components/power/state_topic", R"("")"},
    {"23", "/components/power/state_topic", R"("b/+/power")"},
    {"23", "/components/power/state_topic", R"("b/#")"},
    {"23", "/components/power/state_topic", R"("b/\u0000")"},
    {"23", "/availability/1", "{}"},
    {"23", "/availability/1/topic", R"("b/+/availability")"},
    {"24", "/availability_mode", R"("both")"},
    {"25", "/components/power/default_entity_id", R"("shed_power")"},
    {"25", "/components/power/default_entity_id", R"("binary_sensor.shed_power")"},
    {"25", "/components/power/default_entity_id", R"("sensor.Shed power")"},
    {"26", "/components/power/name", R"("Shed power")"},
    {"26", "/components/power/name", R"("Shed")"},
    {"27", "/components/double", R"({"platform": "sensor", "unique_id": "bluetti_77_power"})"},
    {"28", "/components/limit/qos", "3"},
    {"28", "/components/limit/qos", R"("1")"},
    {"28", "/components/power/suggested_display_precision", "0.5"},
    {"28", "/components/power/expire_after", R"("60")"},
    {"29", "/components/mode/value_template", R"("{{ value_json.modus }}")"},
    {"30", "/components/serial/unit_of_measurement", R"("W")"},
    {"30", "/components/mode/options", R"(["charging", "other"])"},
    {"30", "/components/fault/payload_on", R"("1")"},
    {"30", "/components/limit/max", "10"},
    {"31", "/components/limit/retain", "true"},
    {"B1", "/components/power/state_topic", R"("homeassistant/shed/power")"},
    {"B2", "/device/name"},
    {"B3", "/components/power/unique_id", R"("shed_power")"},
    {"B4", "/components/power/default_entity_id"},
    {"B5", "/components/power/name", R"("Mode")"},
    {"B5", "/components/power/name"},
    {"B7", "/components/mode/options", R"(["idle", "charging"])"},
    {"B8", "/components/power/force_update", "true"},
    {"B8", "/components/power/expire_after", "60"},
    {"B9", "/availability_mode", R"("latest")"},
    {"B9", "/availability/1"},
    {"B10", "/components/limit/command_topic", R"("b/shed/limit/write")"},
    {"B9", "/components/reached/availability", "[]"},
    {"B9", "/components/fault/availability", R"([{"topic": "b/bridge/availability"}])"},
    {"B10", "/components/limit/qos", "0"},
    {"B12", "/device/via_device", R"("bluetti_78")"},
    {"B13", "/components/faults/json_attributes_topic"},
    {"B13", "/components/faults/json_attributes_template", R"("{{ value }}")"},
    {"B15", "/components/slot/optimistic", "true"},
    {"B15", "/components/slot/pattern"},
    {"B15", "/components/slot/pattern", R"("^off$")"},
    {"30", "/components/slot/pattern", R"("^(off)?$")"},
    {"30", "/components/speed/options", R"(["Fast"])"},
    {"30", "/components/current/max", "15"},
    {"B10", "/components/undo/command_topic", R"("b/shed/undo")"},
    {"B14", "/components/serial/default_entity_id", R"("sensor.shed_power")"},
    {"B16", "/components/event/event_types", "[]"},
    {"B16", "/components/power/event_types", R"(["E001"])"},
    {"12", "/components/event/state_topic"},
};

class BrokenDocument : public testing::TestWithParam<Change> {};

TEST_P(BrokenDocument, IsCaught) {
  const auto& [rule, place, value] = GetParam();
  const json patch = value == nullptr ? json{{"op", "remove"}, {"path", place}}
                                      : json{{"op", "add"}, {"path", place}, {"value", json::parse(value)}};
  EXPECT_THAT(violations_of(good_document().patch(json::array({patch}))),
              Contains(testing::Field(&Violation::rule, rule)));
}

INSTANTIATE_TEST_SUITE_P(EachRule, BrokenDocument, testing::ValuesIn(kChanges));

// One message in place of the good one on its topic.
struct Sent {
  const char* rule;
  Message message;
};

std::ostream& operator<<(std::ostream& out, const Sent& sent) {
  return out << "rule " << sent.rule << ", " << sent.message.topic << " = " << sent.message.payload;
}

const Sent kSent[] = {
    {"29", {"b/shed/state", "{}"}},
    {"29", {"b/shed/state", "idle"}},
    {"30", {"b/shed/state", R"({"mode": "UNKNOWN_7"})"}},
    {"30", {"b/shed/power", "nan"}},
    {"30", {"b/shed/power", "inf"}},
    {"30", {"b/shed/power", "12 W"}},
    {"30", {"b/shed/power", "unknown"}},
    {"30", {"b/shed/fault", "true"}},
    {"30", {"b/shed/seen", "2026-03-01T08:15:00"}},
    {"29", {"b/shed/faults", "none"}},
    {"30", {"b/shed/limit", "51"}},
    {"30", {"b/shed/serial", std::string(256, 'x')}},
    {"30", {"b/shed/availability", "up"}},
    {"30", {"b/shed/serial", "AP\xff"}},
    {"31", {"b/shed/power", "1", false}},
    {"31", {"b/bridge/availability", "online", false}},
    {"31", {"b/shed/limit/set", "20", true}},
    {"31", {"b/shed/control/result", R"({"outcome": "confirmed"})", true}},
    {"30", {"b/shed/control/result", R"({"outcome": "lost"})", false}},
    {"30", {"b/shed/slot", "sleep"}},
    {"30", {"b/shed/problem/event", R"({"event_type": "E099"})", false}},
    {"31", {"b/shed/problem/event", R"({"event_type": "E001"})", true}},
    {"29", {"b/shed/current", "much"}},
};

class BadMessage : public testing::TestWithParam<Sent> {};

TEST_P(BadMessage, IsCaught) {
  const auto& [rule, message] = GetParam();
  const std::vector<Message> documents = {{kTopic, good_document().dump()}};
  EXPECT_THAT(home_assistant_violations(documents, {message}), Contains(testing::Field(&Violation::rule, rule)));
}

INSTANTIATE_TEST_SUITE_P(EachRule, BadMessage, testing::ValuesIn(kSent));

TEST(HomeAssistantRules, AreAllShownBroken) {
  std::set<std::string> shown = {"1", "2", "B6", "B11"};  // by tests of their own
  for (const Change& change : kChanges) shown.insert(change.rule);
  for (const Sent& sent : kSent) shown.insert(sent.rule);
  for (int rule = 1; rule <= 31; ++rule) EXPECT_THAT(shown, Contains(std::to_string(rule)));
  for (int rule = 1; rule <= 16; ++rule) EXPECT_THAT(shown, Contains("B" + std::to_string(rule)));
}

TEST(HomeAssistantRules, LetAnAbsentValueBeUnknown) {
  const std::vector<Message> documents = {{kTopic, good_document().dump()}};
  const std::vector<Message> absent = {
      {"b/shed/power", ""}, {"b/shed/state", R"({"mode": null})"}, {"b/shed/slot", ""}, {"b/shed/current", ""}};
  EXPECT_THAT(home_assistant_violations(documents, absent), IsEmpty());
}

TEST(HomeAssistantRules, LetASettingBeUnknownThatTheStationHoldsButNobodyMayWish) {
  const std::vector<Message> documents = {{kTopic, good_document().dump()}};
  EXPECT_THAT(home_assistant_violations(documents, {{"b/shed/current", "20"}, {"b/shed/speed", "other"}}), IsEmpty());
}

TEST(HomeAssistantRules, CountCharactersNotBytes) {
  std::string degrees;
  for (int i = 0; i < 255; ++i) degrees += "\u00B0";
  EXPECT_THAT(home_assistant_violations({{kTopic, good_document().dump()}}, {{"b/shed/serial", degrees}}), IsEmpty());
}

TEST(HomeAssistantRules, WantAnObjectInUtf8) {
  for (const char* payload : {"online", "[]", "{\"device\": ", "{\"device\": \"\xff\"}"}) {
    EXPECT_THAT(home_assistant_violations({{kTopic, payload}}), Contains(testing::Field(&Violation::rule, "1")))
        << payload;
  }
}

TEST(HomeAssistantRules, WantADeviceDiscoveryTopic) {
  const auto violations = [](const char* topic) {
    return home_assistant_violations({{topic, good_document().dump()}}, {}, "ha");
  };
  EXPECT_THAT(violations("ha/device/bluetti_77/config"), IsEmpty());
  EXPECT_THAT(violations("ha/device/node-1/bluetti_77/config"), IsEmpty());
  for (const char* topic :
       {"homeassistant/device/bluetti_77/config", "ha/sensor/bluetti_77/config", "ha/device/bluetti 77/config",
        "ha/device/bluetti_77", "ha/device//config", "ha/device/a/b/c/config"}) {
    EXPECT_THAT(violations(topic), Contains(testing::Field(&Violation::rule, "2"))) << topic;
  }
}

TEST(HomeAssistantRules, WantDiscoveryRetained) {
  EXPECT_THAT(home_assistant_violations({{kTopic, good_document().dump(), false}}),
              Contains(testing::Field(&Violation::rule, "31")));
}

TEST(HomeAssistantRules, WantUniqueIdsOverAllDevices) {
  const Message document{kTopic, good_document().dump()};
  EXPECT_THAT(home_assistant_violations({document, document}),
              AllOf(Contains(testing::Field(&Violation::rule, "27")),
                    Each(testing::Field(&Violation::rule, AnyOf("27", "B12", "B14")))));
}

TEST(HomeAssistantRules, WantADeviceBeforeThoseBehindIt) {
  json pack = good_document();
  pack["device"] = {{"identifiers", {"bluetti_77_pack_2"}}, {"name", "Shed pack 2"}, {"via_device", "bluetti_77"}};
  pack["components"] = {{"pack_2_power", pack["components"]["power"]}};
  pack["components"]["pack_2_power"]["unique_id"] = "bluetti_77_pack_2_power";
  pack["components"]["pack_2_power"]["default_entity_id"] = "sensor.shed_pack_2_power";
  const Message station{kTopic, good_document().dump()};
  const Message behind{"homeassistant/device/bluetti_77_pack_2/config", pack.dump()};
  EXPECT_THAT(home_assistant_violations({station, behind}), IsEmpty());
  EXPECT_THAT(home_assistant_violations({behind, station}), Contains(testing::Field(&Violation::rule, "B12")));
}

TEST(HomeAssistantRules, LetADeviceBeCalledLikeTheStartOfAWord) {
  json document = good_document();
  document["device"]["name"] = "Pow";
  EXPECT_THAT(violations_of(document), IsEmpty());
}

TEST(HomeAssistantRules, WantOneBatteryLevelButOnePerPack) {
  const auto level = [](const std::string& key) {
    return json{{"platform", "sensor"},
                {"unique_id", "bluetti_77_" + key},
                {"default_entity_id", "sensor." + key},
                {"name", key},
                {"state_topic", "b/shed/" + key},
                {"device_class", "battery"},
                {"unit_of_measurement", "%"}};
  };
  json document = good_document();
  for (const char* key : {"soc", "pack_1_soc", "pack_2_soc"}) document["components"][key] = level(key);
  EXPECT_THAT(violations_of(document), IsEmpty());
  document["components"]["charge"] = level("charge");
  EXPECT_THAT(violations_of(document), Contains(testing::Field(&Violation::rule, "B6")));
}

TEST(HomeAssistantRules, WantDocumentsBelowTheBrokersLimit) {
  json document = good_document();
  document["components"]["serial"]["icon"] = std::string(2'000'000, 'x');
  EXPECT_THAT(violations_of(document), Contains(testing::Field(&Violation::rule, "B11")));
}

}  // namespace
}  // namespace bluetti::test_support
