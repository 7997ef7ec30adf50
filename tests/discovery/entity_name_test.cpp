// SPDX-License-Identifier: MIT
#include "discovery/entity_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::discovery {
namespace {

using schemas::Block;
using schemas::Field;
using schemas::Group;
using schemas::Slot;
using testing::ElementsAre;

Field titled(const char* name, const char* title) {
  Field field;
  field.name = name;
  field.title = title;
  return field;
}

Group repeated(const char* title) {
  Group group;
  group.title = title;
  group.count = 16;
  return group;
}

std::string name_of(const Field& field, const Group* group, int item) {
  return entity_name({&field, group, item, "", ""}, {});
}

TEST(EntityName, IsTheTitleOfAPlainField) {
  EXPECT_EQ(name_of(titled("frequency", "Grid frequency"), nullptr, 0), "Grid frequency");
}

TEST(EntityName, NumbersTheItemsOfAGroup) {
  const Group phase = repeated("Grid phase");
  EXPECT_EQ(name_of(titled("power", "Power"), &phase, 1), "Grid phase 1 power");
  const Group cell = repeated("Cell");
  EXPECT_EQ(name_of(titled("voltage", "Voltage"), &cell, 7), "Cell 7 voltage");
  const Group input = repeated("PV input");
  EXPECT_EQ(name_of(titled("voltage", "Voltage"), &input, 2), "PV input 2 voltage");
}

TEST(EntityName, KeepsAcronymsInMidSentence) {
  const Group port = repeated("Port");
  EXPECT_EQ(name_of(titled("ac_power", "AC power"), &port, 1), "Port 1 AC power");
  EXPECT_EQ(name_of(titled("l1_power", "L1 power"), &port, 1), "Port 1 L1 power");
  EXPECT_EQ(name_of(titled("wifi", "Wi-Fi signal"), &port, 1), "Port 1 Wi-Fi signal");
}

TEST(EntityName, SaysNothingTwice) {
  const Group temperature = repeated("Cell temperature");
  EXPECT_EQ(name_of(titled("value", "Value"), &temperature, 3), "Cell temperature 3");
  EXPECT_EQ(name_of(titled("temperature", "Temperature"), &temperature, 3), "Cell temperature 3");
}

TEST(EntityName, IsTheTitleAloneInARecord) {
  Group meter;
  meter.title = "Meter";
  EXPECT_EQ(name_of(titled("power", "Grid meter power"), &meter, 0), "Grid meter power");
}

TEST(EntityName, NumbersTheItemsOfAnArray) {
  EXPECT_EQ(name_of(titled("temperature", "Board temperature"), nullptr, 2), "Board temperature 2");
  const Group record;
  EXPECT_EQ(name_of(titled("temperature", "Board temperature"), &record, 2), "Board temperature 2");
}

TEST(EntityName, NumbersBlocksOfWhichThereAreSeveral) {
  Block block;
  block.instance = "pack";
  const Group cell = repeated("Cell");
  const Field voltage = titled("voltage", "Voltage");
  const Field soc = titled("soc", "SOC");
  EXPECT_EQ(entity_name({&soc, nullptr, 0, "pack/1/soc", ""}, block), "Pack 1 SOC");
  EXPECT_EQ(entity_name({&voltage, nullptr, 0, "pack/12/voltage", ""}, block), "Pack 12 voltage");
  EXPECT_EQ(entity_name({&voltage, &cell, 7, "pack_2_cell/7/voltage", ""}, block), "Pack 2 cell 7 voltage");
}

TEST(EntityName, SpeaksOfTheGroupsOfTheFirstPackAsIfThereWereNoOther) {
  Block block;
  block.instance = "pack";
  const Group cell = repeated("Cell");
  const Field voltage = titled("voltage", "Voltage");
  EXPECT_EQ(entity_name({&voltage, &cell, 7, "cell/7/voltage", ""}, block), "Cell 7 voltage");
  EXPECT_EQ(entity_name({&voltage, &cell, 7, "pack_cell/7/voltage", ""}, block), "Cell 7 voltage");
}

// Entities of one block, named by their titles.
std::vector<std::string> names_of(const std::vector<std::pair<std::string, std::string>>& titles_and_blocks,
                                  std::string_view device) {
  std::vector<Field> fields(titles_and_blocks.size());
  std::vector<Slot> slots(titles_and_blocks.size());
  std::vector<Block> blocks(titles_and_blocks.size());
  std::vector<Entity> entities;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    fields[i].title = titles_and_blocks[i].first;
    blocks[i].title = titles_and_blocks[i].second;
    slots[i].field = &fields[i];
    slots[i].id = "id_" + std::to_string(i);
    entities.push_back({.slot = &slots[i], .block = &blocks[i]});
  }
  return entity_names(entities, device);
}

TEST(EntityNames, DoNotStartWithTheNameOfTheDevice) {
  EXPECT_THAT(names_of({{"Grid frequency", "Grid"}, {"Load power", "Load"}}, "Grid"),
              ElementsAre("Frequency", "Load power"));
  EXPECT_THAT(names_of({{"AC output power", "Load"}}, "ac"), ElementsAre("Output power"));
  EXPECT_THAT(names_of({{"AC AC power", "Load"}}, "AC"), ElementsAre("Power"));
  EXPECT_THAT(names_of({{"Power", "Load"}}, "P"), ElementsAre("Power"));
  EXPECT_THAT(names_of({{"Battery", "Battery"}}, "Battery"), ElementsAre("Value"));
}

TEST(EntityNames, AreToldApartByTheirBlocks) {
  EXPECT_THAT(names_of({{"Power", "Grid"}, {"Voltage", "Grid"}, {"Power", "Load"}}, "Shed"),
              ElementsAre("Power (Grid)", "Voltage", "Power (Load)"));
}

TEST(EntityNames, AreToldApartByTheirIdsWithinABlock) {
  EXPECT_THAT(names_of({{"Power", "Grid"}, {"Power", "Grid"}}, "Shed"),
              ElementsAre("Power (Grid) (id_0)", "Power (Grid) (id_1)"));
}

TEST(Slug, HasLettersDigitsAndSingleUnderscores) {
  EXPECT_EQ(slug("Living room"), "living_room");
  EXPECT_EQ(slug("  EL100V2 (2nd) "), "el100v2_2nd");
  EXPECT_EQ(slug("客厅"), "");
}

TEST(Slug, KeepsLettersWithoutTheirMarks) {
  EXPECT_EQ(slug("Küche & Büro"), "kuche_buro");
  EXPECT_EQ(slug("Größe Süd"), "grosse_sud");
  EXPECT_EQ(slug("Łódź, Žižkov, Århus"), "lodz_zizkov_arhus");
  EXPECT_EQ(slug("a × b\xc3"), "a_b");
}

}  // namespace
}  // namespace bluetti::discovery
