// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/discovery/full_station.h"

namespace bluetti::discovery {
namespace {

using nlohmann::json;
using testing::Each;
using testing::SizeIs;

FullStation ap300(int packs) {
  return FullStation(*catalog().model("AP300"), packs);
}

json payload_of(const Document& document) {
  return json::parse(document.payload);
}

std::string name_in(const json& payload, const char* id) {
  return payload.at("components").at(id).at("name");
}

TEST(Packs, OneAloneIsTheStationsBattery) {
  const std::vector<Document> documents = ap300(1).documents();
  ASSERT_THAT(documents, SizeIs(1));
  const json station = payload_of(documents[0]);
  EXPECT_EQ(name_in(station, "soc"), "Battery");
  EXPECT_EQ(name_in(station, "pack_1_soc"), "Pack 1 battery");
  EXPECT_EQ(name_in(station, "cell_7_voltage"), "Cell 7 voltage");
}

TEST(Packs, OneAloneIsNotShownBesideTheStationsOwnValues) {
  const json station = payload_of(ap300(1).documents()[0]);
  EXPECT_EQ(station["components"]["pack_1_voltage"]["entity_category"], "diagnostic");
  EXPECT_EQ(station["components"]["pack_1_soc"]["enabled_by_default"], false);
  EXPECT_FALSE(station["components"]["soc"].contains("entity_category"));
}

TEST(Packs, SeveralAreDevicesBehindTheStation) {
  const std::vector<Document> documents = ap300(7).documents();
  ASSERT_THAT(documents, SizeIs(8));
  EXPECT_EQ(documents[2].topic, "homeassistant/device/bluetti_2345000000001_pack_2/config");
  EXPECT_EQ(payload_of(documents[2])["device"], json::parse(R"({
    "identifiers": ["bluetti_2345000000001_pack_2"], "name": "Living room pack 2", "manufacturer": "BLUETTI",
    "model": "Battery pack", "via_device": "bluetti_2345000000001"})"));
}

TEST(Packs, ADeviceOfTheirOwnSaysWhichTheyAre) {
  const std::vector<Document> documents = ap300(2).documents();
  const json second = payload_of(documents[2]);
  EXPECT_EQ(name_in(second, "pack_2_soc"), "Battery");
  EXPECT_EQ(name_in(second, "pack_2_cell_7_voltage"), "Cell 7 voltage");
  EXPECT_FALSE(second["components"]["pack_2_soc"].contains("entity_category"));
  EXPECT_THAT(documents[2].components, Each(testing::HasSubstr(":pack_2_")));
}

TEST(Packs, TheFirstTakesItsCellsAlong) {
  const std::vector<Document> documents = ap300(2).documents();
  const json first = payload_of(documents[1]);
  EXPECT_EQ(name_in(first, "pack_1_soc"), "Battery");
  EXPECT_EQ(name_in(first, "cell_7_voltage"), "Cell 7 voltage");
  EXPECT_FALSE(payload_of(documents[0])["components"].contains("cell_7_voltage"));
}

TEST(Packs, IdsAreTheSameInWhicheverDeviceTheyStand) {
  const json alone = payload_of(ap300(1).documents()[0])["components"];
  const json apart = payload_of(ap300(2).documents()[1])["components"];
  ASSERT_FALSE(apart.empty());
  for (const auto& [id, component] : apart.items()) {
    EXPECT_EQ(component["unique_id"], alone[id]["unique_id"]);
    EXPECT_EQ(component["default_entity_id"], alone[id]["default_entity_id"]);
    EXPECT_EQ(component["state_topic"], alone[id]["state_topic"]);
  }
}

TEST(Packs, SpeakTheLanguage) {
  const std::vector<Document> documents = ap300(2).documents(*Language::named("de"));
  const json second = payload_of(documents[2]);
  EXPECT_EQ(second["device"]["name"], "Living room Pack 2");
  EXPECT_EQ(second["device"]["model"], "Batteriepack");
  EXPECT_EQ(name_in(second, "pack_2_cell_7_voltage"), "Zelle 7 Spannung");
  EXPECT_EQ(name_in(payload_of(documents[0]), "soc"), "Batterie");
}

}  // namespace
}  // namespace bluetti::discovery
