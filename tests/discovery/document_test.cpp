// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "discovery/discovery.h"
#include "tests/support/home_assistant_rules.h"

namespace bluetti::discovery {
namespace {

using nlohmann::json;
using schemas::Prominence;
using schemas::Transform;
using schemas::Type;
using test_support::home_assistant_violations;
using testing::IsEmpty;
using testing::Not;

// A small station: a power, an enumeration, a fault flag and a secret.
class DocumentTest : public testing::Test {
 protected:
  DocumentTest() {
    block_.title = "Grid";
    power_.title = "Grid power";
    power_.unit = "W";
    Transform& scale = power_.transforms.emplace_back();
    scale.kind = Transform::Kind::scale;
    scale.first = 0.1;
    mode_.title = "Working mode";
    mode_.type = Type::enumeration;
    mode_.options = {{0, "idle"}, {1, "charging"}, {2, "idle"}};
    mode_.prominence = Prominence::disabled;
    fault_.title = "Fault";
    fault_.type = Type::boolean;
    fault_.kind = "problem";
    fault_.prominence = Prominence::diagnostic;
    password_.title = "Password";
    password_.secret = true;
    station_.serial = "2345000000001";
    station_.name = "Living room";
    station_.model = "EL100V2";
    station_.software_version = "4036.08";
    station_.entities = {
        {&power_slot_, &block_}, {&mode_slot_, &block_}, {&fault_slot_, &block_}, {&password_slot_, &block_}};
  }

  [[nodiscard]] Document made() const { return documents(station_, topics_, origin_).front(); }
  [[nodiscard]] json parsed() const { return json::parse(made().payload); }
  [[nodiscard]] json component(const char* id) const { return parsed().at("components").at(id); }
  [[nodiscard]] auto violations() const {
    const Document document = made();
    return home_assistant_violations({{document.topic, document.payload}}, {}, topics_.discovery_prefix);
  }

  schemas::Block block_;
  schemas::Field power_, mode_, fault_, password_;
  schemas::Slot power_slot_{&power_, nullptr, 0, "grid_power", "grid_power"};
  schemas::Slot mode_slot_{&mode_, nullptr, 0, "mode", "mode"};
  schemas::Slot fault_slot_{&fault_, nullptr, 0, "pack/1/fault", "pack_1_fault"};
  schemas::Slot password_slot_{&password_, nullptr, 0, "password", "password"};
  Station station_;
  Topics topics_{.discovery_prefix = "homeassistant", .base = "bluetti", .station = "living_room"};
  Origin origin_{.name = "BLUETTI Gateway", .version = "0.1.0", .url = "https://example.org/gateway"};
};

TEST_F(DocumentTest, LiesWhereHomeAssistantLooksForDevices) {
  EXPECT_EQ(made().topic, "homeassistant/device/bluetti_2345000000001/config");
  topics_.discovery_prefix = "ha/discovery";
  EXPECT_EQ(made().topic, "ha/discovery/device/bluetti_2345000000001/config");
}

TEST_F(DocumentTest, DescribesTheDevice) {
  EXPECT_EQ(parsed()["device"], json::parse(R"({
    "identifiers": ["bluetti_2345000000001"], "name": "Living room", "manufacturer": "BLUETTI", "model": "EL100V2",
    "serial_number": "2345000000001", "sw_version": "4036.08"})"));
}

TEST_F(DocumentTest, SaysWhoWroteIt) {
  EXPECT_EQ(parsed()["origin"], json::parse(R"({
    "name": "BLUETTI Gateway", "sw_version": "0.1.0", "support_url": "https://example.org/gateway"})"));
}

TEST_F(DocumentTest, LeavesOutWhatIsNotKnown) {
  station_.software_version.clear();
  origin_ = {};
  EXPECT_FALSE(parsed()["device"].contains("sw_version"));
  EXPECT_EQ(parsed()["origin"], json::parse(R"({"name": "BLUETTI Gateway"})"));
  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(DocumentTest, NeedsBothTheBridgeAndTheStation) {
  EXPECT_EQ(parsed()["availability_mode"], "all");
  EXPECT_EQ(parsed()["availability"], json::parse(R"([
    {"topic": "bluetti/bridge/availability"}, {"topic": "bluetti/living_room/availability"}])"));
}

TEST_F(DocumentTest, ShowsAValueThatCanGrowOldOnlyWhileItIsNot) {
  station_.entities[0].can_grow_old = true;
  EXPECT_EQ(component("grid_power")["availability"], json::parse(R"([
    {"topic": "bluetti/bridge/availability"}, {"topic": "bluetti/living_room/availability"},
    {"topic": "bluetti/living_room/old_values",
     "value_template": "{{ 'offline' if 'grid_power' in value_json else 'online' }}"}])"));
  EXPECT_EQ(component("grid_power")["availability_mode"], "all");
  EXPECT_FALSE(component("mode").contains("availability"));
  EXPECT_THAT(violations(), IsEmpty());
}

// Only if the user wants it: by itself it would be bad manners (B8).
TEST_F(DocumentTest, LetsHomeAssistantWatchAValueIfWished) {
  EXPECT_FALSE(component("grid_power").contains("expire_after"));
  station_.entities[0].expire_after = 360;
  EXPECT_EQ(component("grid_power")["expire_after"], 360);
  ASSERT_EQ(violations().size(), 1U);
  EXPECT_EQ(violations().front().rule, "B8");
}

TEST_F(DocumentTest, ShowsANumberWithItsClassAndDigits) {
  EXPECT_EQ(component("grid_power"), json::parse(R"({
    "platform": "sensor", "unique_id": "bluetti_2345000000001_grid_power",
    "default_entity_id": "sensor.living_room_grid_power", "name": "Grid power",
    "state_topic": "bluetti/living_room/grid_power", "value_template": "{{ value or None }}",
    "device_class": "power", "state_class": "measurement", "unit_of_measurement": "W",
    "icon": "mdi:transmission-tower", "suggested_display_precision": 1})"));
}

TEST_F(DocumentTest, GivesAnEnumerationItsNamesOnceAndACatchAll) {
  EXPECT_EQ(component("mode")["options"], json::parse(R"(["Idle", "Charging", "Other"])"));
  mode_.options.push_back({9, "other"});
  EXPECT_EQ(component("mode")["options"], json::parse(R"(["Idle", "Charging", "Other"])"));
}

TEST_F(DocumentTest, ShowsStatesAsPeopleWriteThemWhileTopicsKeepTheirCodes) {
  mode_.options = {{0, "grid_connected"}, {1, "pv_priority"}};
  EXPECT_EQ(component("mode")["value_template"],
            R"({% set names = {"grid_connected": "Grid connected", "pv_priority": "PV priority"} %})"
            R"({{ names.get(value, "Other") if value else None }})");
}

TEST_F(DocumentTest, SwitchesOffOnlyWhatIsDisabled) {
  EXPECT_EQ(component("mode")["enabled_by_default"], false);
  EXPECT_EQ(component("mode")["entity_category"], "diagnostic");
  EXPECT_FALSE(component("pack_1_fault").contains("enabled_by_default"));
  EXPECT_EQ(component("pack_1_fault")["entity_category"], "diagnostic");
  EXPECT_FALSE(component("grid_power").contains("entity_category"));
}

TEST_F(DocumentTest, ReadsTheItemsOfAGroupFromTheirOwnTopics) {
  EXPECT_EQ(component("pack_1_fault")["platform"], "binary_sensor");
  EXPECT_EQ(component("pack_1_fault")["default_entity_id"], "binary_sensor.living_room_fault");
  EXPECT_EQ(component("pack_1_fault")["state_topic"], "bluetti/living_room/pack/1/fault");
}

TEST_F(DocumentTest, ShowsNeitherSecretsNorWhatHasNoEntity) {
  EXPECT_FALSE(parsed()["components"].contains("password"));
  power_.prominence = Prominence::none;
  EXPECT_FALSE(parsed()["components"].contains("grid_power"));
}

TEST_F(DocumentTest, KeepsIdentitiesWhenTheUserRenames) {
  const json before = parsed();
  station_.name = "Kitchen";
  station_.software_version = "4100.01";
  topics_.station = "kitchen";
  const json after = parsed();
  EXPECT_EQ(made().topic, "homeassistant/device/bluetti_2345000000001/config");
  EXPECT_EQ(after["device"]["identifiers"], before["device"]["identifiers"]);
  for (const auto& [id, config] : before["components"].items()) {
    EXPECT_EQ(after["components"][id]["unique_id"], config["unique_id"]);
  }
}

TEST_F(DocumentTest, IsTheSameToTheByteInWhateverOrderBlocksCome) {
  const std::string first = made().payload;
  EXPECT_EQ(made().payload, first);
  std::swap(station_.entities.front(), station_.entities.back());
  EXPECT_EQ(made().payload, first);
}

TEST_F(DocumentTest, TakesAnyBytesForAName) {
  for (const char* name : {"Büro", "客厅", "say \"hi\"\n", "\xff\xfe", "Caf\xe9", "---", ""}) {
    station_.name = name;
    EXPECT_THAT(violations(), IsEmpty()) << name;
    EXPECT_FALSE(parsed()["device"]["name"].get<std::string>().empty());
  }
}

TEST_F(DocumentTest, MakesEntityIdsOfTheStationsIdAndTheEnglishName) {
  station_.name = "客厅";
  power_.title = "Import from the grid";
  EXPECT_EQ(component("grid_power")["default_entity_id"], "sensor.living_room_import_from_the_grid");
  EXPECT_EQ(parsed()["device"]["name"], "客厅");
  const json german = json::parse(documents(station_, topics_, origin_, *Language::named("de")).front().payload);
  EXPECT_EQ(german["components"]["boost"]["default_entity_id"], "button.living_room_refresh_quickly");
}

TEST_F(DocumentTest, HasTheKeysOfADeviceThatAreKnown) {
  station_.area = "Cellar";
  station_.model_id = "EL100V2";
  station_.page = "http://nas.local:8089";
  const json device = parsed()["device"];
  EXPECT_EQ(device["suggested_area"], "Cellar");
  EXPECT_EQ(device["model_id"], "EL100V2");
  EXPECT_EQ(device["configuration_url"], "http://nas.local:8089");
  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(DocumentTest, HasOneProblemForAllThatSomebodyHasSeenAndAnEventThatNamesIt) {
  fault_.type = Type::bitmap;
  fault_.options = {{0, "E001 Overload"}, {3, "Fan"}};
  EXPECT_FALSE(parsed()["components"].contains("problem")) << "nobody has seen its bits";
  fault_.evidence = schemas::Evidence::verified;
  const json problem = component("problem");
  EXPECT_EQ(problem["state_topic"], "bluetti/living_room/problem");
  EXPECT_EQ(problem["json_attributes_topic"], "bluetti/living_room/problems");
  EXPECT_EQ(problem["json_attributes_template"], "{{ value or '{}' }}") << "a topic that was cleared is no JSON";
  EXPECT_EQ(problem["device_class"], "problem");
  const json event = component("problem_event");
  EXPECT_EQ(event["platform"], "event");
  EXPECT_EQ(event["state_topic"], "bluetti/living_room/problem/event");
  EXPECT_EQ(event["event_types"], json::parse(R"(["E001", "cleared", "other"])"));
  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(DocumentTest, ShowsHowFarAnUpdateOfTheFirmwareIsAndNoVersionThatNobodyTells) {
  EXPECT_FALSE(parsed()["components"].contains("firmware_update"));
  power_.unit = "%";
  power_.kind = "update_progress";
  power_.prominence = Prominence::disabled;
  const json update = component("firmware_update");
  EXPECT_EQ(update["platform"], "update");
  EXPECT_EQ(update["device_class"], "firmware");
  EXPECT_EQ(update["default_entity_id"], "update.living_room_firmware");
  EXPECT_EQ(update["state_topic"], "bluetti/living_room/grid_power");
  EXPECT_EQ(
      update["value_template"],
      R"({% set percent = value | int(0) %}{% set runs = 0 < percent < 100 %}{{ {'installed_version': "4036.08", )"
      R"('in_progress': runs, 'update_percentage': percent if runs else none} | to_json }})");
  EXPECT_EQ(update["enabled_by_default"], false) << "as the progress itself";
  EXPECT_FALSE(update.contains("latest_version_topic"));
  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(DocumentTest, BreaksNoRuleWhateverTheDeviceIsCalled) {
  for (const char* name : {"Grid", "Grid power", "Fault", "Working", "W"}) {
    station_.name = name;
    EXPECT_THAT(violations(), IsEmpty()) << name;
  }
}

TEST_F(DocumentTest, ShowsWhetherTheStationIsThereEvenWhileItIsNot) {
  EXPECT_EQ(component("connection"), json::parse(R"({
    "platform": "binary_sensor", "unique_id": "bluetti_2345000000001_connection",
    "default_entity_id": "binary_sensor.living_room_connection", "name": "Connection",
    "state_topic": "bluetti/living_room/availability", "payload_on": "online", "payload_off": "offline",
    "device_class": "connectivity", "entity_category": "diagnostic",
    "availability": [{"topic": "bluetti/bridge/availability"}], "availability_mode": "all"})"));
}

TEST_F(DocumentTest, HasAButtonByWhichItIsReadOftenForAMinute) {
  EXPECT_EQ(component("boost"), json::parse(R"({
    "platform": "button", "unique_id": "bluetti_2345000000001_boost",
    "default_entity_id": "button.living_room_refresh_quickly", "name": "Refresh quickly", "icon": "mdi:refresh",
    "command_topic": "bluetti/living_room/boost", "payload_press": "60", "qos": 1,
    "entity_category": "diagnostic"})"));
  EXPECT_THAT(violations(), IsEmpty());
}

// Home Assistant keeps what it is not told: the version that the station had as another model.
TEST_F(DocumentTest, TakesBackTheSoftwareVersionOfOneThatTellsNone) {
  station_.software_version.clear();
  station_.tells_software_version = false;
  EXPECT_EQ(parsed()["device"]["sw_version"], "");
  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(DocumentTest, LeavesItsNameToAFieldThatHasIt) {
  power_slot_.id = "connection";
  EXPECT_EQ(component("connection")["platform"], "sensor");
}

TEST_F(DocumentTest, LiesBehindTheGatewayIfThatIsShown) {
  EXPECT_FALSE(parsed()["device"].contains("via_device"));
  station_.bridge = "0123456789abcdef";
  EXPECT_EQ(parsed()["device"]["via_device"], "bluetti_gateway_0123456789abcdef");
}

TEST_F(DocumentTest, TellsWhetherTheGridIsThereByItsVolts) {
  power_.unit = "V";
  power_.kind = "mains";
  EXPECT_EQ(component("grid_present"), json::parse(R"({
    "platform": "binary_sensor", "unique_id": "bluetti_2345000000001_grid_present",
    "default_entity_id": "binary_sensor.living_room_grid_present", "name": "Grid present",
    "state_topic": "bluetti/living_room/grid_power", "device_class": "power",
    "value_template": "{{ None if value == '' else 'ON' if value | float > 50 else 'OFF' }}"})"));
  EXPECT_EQ(component("grid_power")["device_class"], "voltage");
}

TEST_F(DocumentTest, MakesAProblemOfFaultBitsAndNamesThoseThatAreSet) {
  power_.type = Type::bitmap;
  power_.unit.clear();
  power_.kind = "problem";
  power_.options = {{0, "E001 Overload"}, {15, "Fan \"1\""}, {16, "of the next word"}};
  const json fault = component("grid_power");
  EXPECT_EQ(fault["platform"], "binary_sensor");
  EXPECT_EQ(fault["device_class"], "problem");
  EXPECT_EQ(fault["value_template"], "{{ None if value == '' else 'ON' if value | int else 'OFF' }}");
  EXPECT_EQ(fault["json_attributes_topic"], fault["state_topic"]);
  EXPECT_EQ(fault["json_attributes_template"],
            R"({% set names = {0: "E001 Overload", 15: "Fan \"1\""} %}{% set found = namespace(active=[]) %})"
            R"({% for bit in range(16) if value | int(0) | bitwise_and(2 ** bit) %})"
            R"({% set found.active = found.active + [names.get(bit, 'bit ' ~ bit)] %}{% endfor %})"
            R"({{ {'active': found.active} | to_json }})");
  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(DocumentTest, CountsTheBitsOfAnArrayThroughItsWords) {
  power_.type = Type::bitmap;
  power_.kind = "problem";
  power_.options = {{15, "of the first word"}, {16, "Fan"}, {32, "of the third word"}};
  power_slot_.item = 2;
  const auto made = component("grid_power")["json_attributes_template"].get<std::string>();
  EXPECT_THAT(made, testing::StartsWith(R"({% set names = {0: "Fan"} %})"));
}

TEST_F(DocumentTest, MayHaveNoEntities) {
  station_.entities.clear();
  EXPECT_THAT(made().components, testing::ElementsAre("binary_sensor:connection", "button:boost"));
  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(DocumentTest, HasEntitiesThatTheRulesLookAt) {
  EXPECT_THAT(violations(), IsEmpty());
  power_.unit = "furlong";
  power_.type = Type::u16;
  EXPECT_EQ(component("grid_power")["unit_of_measurement"], "furlong");
  power_slot_.path = "#";
  EXPECT_THAT(violations(), Not(IsEmpty()));
}

}  // namespace
}  // namespace bluetti::discovery
