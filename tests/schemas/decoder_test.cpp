// SPDX-License-Identifier: MIT
// What the decoder makes of data that is short, shifted, marked as absent or implausible, and of groups and arrays.
#include "schemas/decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> paths(const Decoder& decoder) {
  std::vector<std::string> result;
  for (const Slot& slot : decoder.slots()) result.push_back(slot.path);
  return result;
}

TEST(Decoder, WhatTheDataDoesNotReachIsMissing) {
  Decoded block(
      block_with(R"({ name = "a", register = 100, type = "u16" }, { name = "b", register = 101, type = "u32" },)"));
  block.decode("0001 0002 00");
  EXPECT_EQ(block.shown("a"), "1");
  EXPECT_EQ(block.shown("b"), "missing");
}

TEST(Decoder, DataMayStartInTheMiddleOfTheBlock) {
  Decoded block(
      block_with(R"({ name = "a", register = 100, type = "u16" }, { name = "b", register = 101, type = "u16" },)"));
  block.decode("0002", 2);
  EXPECT_EQ(block.shown("a"), "missing");
  EXPECT_EQ(block.shown("b"), "2");
}

TEST(Decoder, DataMayStartBeforeTheBlock) {
  Decoded block(block_with(R"({ name = "a", register = 100, type = "u16" },)"));
  EXPECT_EQ(block.decode("dead beef 0007", -4).shown("a"), "7");
  EXPECT_EQ(block.decode("dead", -2147483647).shown("a"), "missing");
  EXPECT_EQ(block.decode("dead", 2147483647).shown("a"), "missing");
}

TEST(Decoder, SentinelsAreAbsentBeforeAnyTransform) {
  constexpr std::string_view kRow =
      R"({ name = "value", register = 100, type = "u16", minus = 40, absent = [0, 404] },)";
  EXPECT_EQ(shown(kRow, "0000"), "absent");
  EXPECT_EQ(shown(kRow, "0194"), "absent");
  EXPECT_EQ(shown(kRow, "0028"), "0");
}

TEST(Decoder, AModelAddsSentinelsForSingleRegisters) {
  Model model;
  model.absent = {{404, {101}}};
  Decoded block(
      block_with(R"({ name = "a", register = 100, type = "u16" }, { name = "b", register = 101, type = "u16" },)"),
      model);
  block.decode("0194 0194");
  EXPECT_EQ(block.shown("a"), "404");
  EXPECT_EQ(block.shown("b"), "absent");
}

TEST(Decoder, AModelsSentinelMayBeMeantForOneItemOfAGroup) {
  constexpr std::string_view kGroup = R"(
[[group]]
name = "phases"
count = 3
register = 100
fields = [ { name = "power", register = 0, type = "u16", absent = [1] } ]
)";
  Model model;
  model.absent = {{404, {101}}};
  Decoded block(block_with("", kGroup), model);
  block.decode("0194 0194 0001");
  EXPECT_EQ(block.shown("phases/1/power"), "404");
  EXPECT_EQ(block.shown("phases/2/power"), "absent");
  EXPECT_EQ(block.shown("phases/3/power"), "absent");
}

// Numbers are read four bytes at a time; at the ends of the data there are fewer.
TEST(Decoder, ANumberMayBeAllTheDataThereIs) {
  constexpr std::string_view kRows = R"(
    { name = "low", register = 102, type = "u8" }, { name = "high", register = 103, type = "u8", half = "high" },
    { name = "signed", register = 104, type = "s16" }, { name = "long", register = 105, type = "u32" },)";
  Decoded block(block_with(kRows));
  EXPECT_EQ(block.decode("2a", 5).shown("low"), "42");
  EXPECT_EQ(block.decode("2a", 6).shown("high"), "42");
  EXPECT_EQ(block.decode("fffe", 8).shown("signed"), "-2");
  EXPECT_EQ(block.decode("0001 0002", 10).shown("long"), "131073");
  EXPECT_EQ(block.decode("0001 00", 10).shown("long"), "missing");
}

TEST(Decoder, ImplausibleValuesAreDroppedAndCounted) {
  Decoded block(block_with(R"({ name = "soc", register = 100, type = "u16", max = 100 },
                              { name = "volts", register = 101, type = "u16", scale = 0.1, min = 10, max = 60.5 },)"));
  block.decode("0065 025e");
  EXPECT_EQ(block.shown("soc"), "absent");
  EXPECT_EQ(block.shown("volts"), "absent");
  EXPECT_EQ(block.row.implausible, 2U);
  block.decode("0064 025d");
  EXPECT_EQ(block.shown("soc"), "100");
  EXPECT_EQ(block.shown("volts"), "60.5");
  EXPECT_EQ(block.row.implausible, 0U);
}

TEST(Decoder, AConditionLooksAtTheCodeOfAnotherField) {
  Decoded block(block_with(R"({ name = "type", register = 100, type = "u16", bits = [4, 7] },
                              { name = "three", register = 101, type = "u16", when = { field = "type", is = [3] } },
                              { name = "other", register = 101, type = "u16", when = { field = "type", is = [1, 2] } },)"));
  block.decode("0030 0009");
  EXPECT_EQ(block.shown("three"), "9");
  EXPECT_EQ(block.shown("other"), "absent");
  block.decode("0009", 2);
  EXPECT_EQ(block.shown("three"), "missing");
}

TEST(Decoder, AFieldOfALaterProtocolIsAbsent) {
  Model model;
  model.protocol_version = 2004;
  constexpr std::string_view kRow = R"({ name = "value", register = 100, type = "u16", protocol = 2005 },)";
  EXPECT_EQ(shown(kRow, "0001", model), "absent");
  model.protocol_version = 2005;
  EXPECT_EQ(shown(kRow, "0001", model), "1");
}

TEST(Decoder, AScaleMayBeAParameterOfTheModel) {
  Model model;
  constexpr std::string_view kRow =
      R"({ name = "value", register = 100, type = "u16", scale = "pack_voltage_scale" },)";
  EXPECT_THROW((void)shown(kRow, "14c1", model), std::invalid_argument);
  model.parameters["pack_voltage_scale"] = 0.01;
  EXPECT_EQ(shown(kRow, "14c1", model), "53.13");
  model.parameters["pack_voltage_scale"] = 1;
  EXPECT_EQ(Decoded(block_with(kRow), model).decode("14c1").value("value").kind, ValueKind::integer);
}

TEST(Decoder, OverridesHoldForTheirModelOnly) {
  Model model;
  Override change;
  change.block = 100;
  change.field = "value";
  change.scale = 0.1;
  change.unit = "VA";
  change.absent = std::vector<std::int64_t>{7};
  model.overrides = {change};
  const Block block = block_with(R"({ name = "value", register = 100, type = "u16", unit = "W", minus = 1 },)");
  Decoded changed(block, model);
  EXPECT_EQ(changed.decode("0014").shown("value"), "1");
  EXPECT_EQ(changed.decode("0007").shown("value"), "absent");
  EXPECT_EQ(changed.decoder.slots()[0].field->unit, "VA");
  EXPECT_EQ(Decoded(block).decode("0014").shown("value"), "19");
}

TEST(Decoder, AnArrayIsMissingAsAWhole) {
  Decoded block(block_with(R"({ name = "bits", register = 100, type = "bitmap", count = 2 },)"));
  EXPECT_THAT(paths(block.decoder), ElementsAre("bits/1/value", "bits/2/value"));
  EXPECT_EQ(block.decode("0001 0002").json(), R"({"bits":[1,2]})");
  EXPECT_EQ(block.decode("0001 00").json(), R"({"bits":null})");
  EXPECT_EQ(block.decode("0002", 2).json(), R"({"bits":null})");
}

constexpr std::string_view kPhases = R"(
[[group]]
name = "phases"
topic = "grid_phase"
count = "phase_count"
max = 3
register = 101
stride = 2
fields = [
  { name = "power", register = 0, type = "s16" },
  { name = "voltage", register = 1, type = "u16", scale = 0.1 },
]
)";

Block with_phases() {
  return block_with(R"({ name = "phase_count", register = 100, type = "u16" },)", kPhases);
}

TEST(Groups, ItemsBeyondTheCountAreAbsent) {
  Decoded block(with_phases());
  block.decode("0001 ff88 08fc 0001 0002 0003 0004");
  EXPECT_EQ(block.shown("grid_phase/1/power"), "-120");
  EXPECT_EQ(block.shown("grid_phase/1/voltage"), "230");
  EXPECT_EQ(block.shown("grid_phase/2/power"), "absent");
  EXPECT_EQ(block.row.group_counts[0], 1);
  EXPECT_EQ(block.json(), R"({"phase_count":1,"phases":[{"power":-120,"voltage":230.0}]})");
}

TEST(Groups, ItemsTheDataDoesNotReachAreMissingOneByOne) {
  Decoded block(with_phases());
  block.decode("0002 0001 0002 0003");
  EXPECT_EQ(block.shown("grid_phase/2/power"), "3");
  EXPECT_EQ(block.shown("grid_phase/2/voltage"), "missing");
}

TEST(Groups, WithoutTheirCountTheyAreMissing) {
  Decoded block(with_phases());
  block.decode("0001 0002", 2);
  EXPECT_EQ(block.shown("grid_phase/1/power"), "missing");
  EXPECT_EQ(block.row.group_counts[0], -1);
  EXPECT_EQ(block.json(), R"({"phase_count":null,"phases":null})");
}

TEST(Groups, ACountBeyondTheMaximumIsCutAndCountsAsImplausible) {
  Decoded block(with_phases());
  block.decode("0003 0001 0002 0003 0004 0005 0006");
  EXPECT_EQ(block.row.implausible, 0U);
  block.decode("0004 0001 0002 0003 0004 0005 0006");
  EXPECT_EQ(block.row.group_counts[0], 3);
  EXPECT_EQ(block.row.implausible, 1U);
  EXPECT_EQ(block.shown("grid_phase/3/power"), "5");
}

TEST(Groups, CountsOfSeveralFieldsAreSummed) {
  Decoded block(
      block_with(R"({ name = "dc", register = 100, type = "u16", bits = [0, 3] },
                              { name = "ac", register = 100, type = "u16", bits = [4, 7] },)",
                 "[[group]]\nname = \"inputs\"\ncount = [\"dc\", \"ac\"]\nmax = 8\nregister = 101\nstride = 1\n"
                 "fields = [ { name = \"power\", register = 0, type = \"u16\" } ]\n"));
  block.decode("0021 0001 0002 0003 0004");
  EXPECT_EQ(block.row.group_counts[0], 3);
  EXPECT_EQ(block.json(), R"({"dc":1,"ac":2,"inputs":[{"power":1},{"power":2},{"power":3}]})");
}

TEST(Groups, ARecordIsOneObject) {
  Decoded block(block_with("",
                           "[[group]]\nname = \"meter\"\nregister = 100\n"
                           "fields = [ { name = \"power\", register = 0, type = \"u16\" } ]\n"));
  EXPECT_THAT(paths(block.decoder), ElementsAre("meter_power"));
  EXPECT_EQ(block.decode("0005").json(), R"({"meter":{"power":5}})");
}

constexpr std::string_view kCells = R"(
[[group]]
name = "cells"
count = "cell_count"
max = 4
register = 101
stride = 1
fields = [ { name = "voltage", register = 0, type = "u16", scale = 0.001 } ]
[[group]]
name = "sensors"
count = 3
after = "cells"
stride_bytes = 1
swapped = true
fields = [ { name = "temperature", offset = 0, type = "u8", minus = 40 } ]
)";

TEST(Groups, OneBehindAnotherMovesWithItsCount) {
  Decoded block(block_with(R"({ name = "cell_count", register = 100, type = "u16" },)", kCells));
  block.decode("0001 0d05 4243 0044");
  EXPECT_EQ(block.shown("cells/1/voltage"), "3.333");
  // Two to a register, low byte first.
  EXPECT_EQ(block.shown("sensors/1/temperature"), "27");
  EXPECT_EQ(block.shown("sensors/2/temperature"), "26");
  EXPECT_EQ(block.shown("sensors/3/temperature"), "28");
  block.decode("0002 0d05 0d06 4243");
  EXPECT_EQ(block.shown("sensors/1/temperature"), "27");
  EXPECT_EQ(block.shown("sensors/3/temperature"), "missing");
}

// Three bytes take two registers, and the next group starts with the third.
TEST(Groups, OneBehindAnotherStartsWithARegister) {
  const std::string groups = std::string(kCells) +
                             "[[group]]\nname = \"meter\"\nafter = \"sensors\"\n"
                             "fields = [ { name = \"power\", register = 0, type = \"u16\" } ]\n";
  Decoded block(block_with(R"({ name = "cell_count", register = 100, type = "u16" },)", groups));
  EXPECT_EQ(block.decode("0001 0d05 4243 0044 0007").shown("meter_power"), "7");
}

TEST(Groups, OneBehindAnotherIsMissingWithoutItsCount) {
  Decoded block(block_with(R"({ name = "cell_count", register = 100, type = "u16" },)", kCells));
  EXPECT_EQ(block.decode("0d05 4243 0044", 2).shown("sensors/1/temperature"), "missing");
}

TEST(Groups, AWholeOneIsAllOrNothing) {
  Decoded block(block_with("",
                           "[[group]]\nname = \"items\"\ncount = 2\nregister = 100\nstride = 1\nwhole = true\n"
                           "fields = [ { name = \"low\", register = 0, type = \"u16\", bits = [0, 3] } ]\n"));
  EXPECT_EQ(block.decode("0001 0002").json(), R"({"items":[{"low":1},{"low":2}]})");
  EXPECT_EQ(block.decode("0001 00").json(), R"({"items":null})");
}

TEST(Paths, TheBlocksPrefixComesBeforeItsFields) {
  Block block = block_with(R"({ name = "frequency", register = 100, type = "u16" },)");
  block.prefix = "grid";
  EXPECT_EQ(Decoder(block, Model()).slots()[0].path, "grid_frequency");
}

TEST(Paths, SeveralOfAKindAreNumbered) {
  Block block = block_with(R"({ name = "phase_count", register = 100, type = "u16" },)", kPhases);
  block.instance = "pack";
  const auto first = paths(Decoder(block, Model(), 1));
  const auto second = paths(Decoder(block, Model(), 2));
  EXPECT_EQ(first[0], "pack/1/phase_count");
  EXPECT_EQ(first[1], "grid_phase/1/power");
  EXPECT_EQ(second[0], "pack/2/phase_count");
  EXPECT_EQ(second[1], "pack_2_grid_phase/1/power");
  EXPECT_EQ(Decoder(block, Model(), 2).slots()[1].id, "pack_2_grid_phase_1_power");
}

TEST(Json, LeavesSecretsOut) {
  Decoded block(block_with(R"({ name = "a", register = 100, type = "u16" },
                              { name = "password", register = 101, type = "u16", secret = true },)"));
  EXPECT_EQ(block.decode("0001 0002").json(), R"({"a":1})");
}

TEST(Json, EscapesText) {
  Decoded block(block_with(R"({ name = "a", register = 100, type = "text", length = 4, text = "plain" },)"));
  EXPECT_EQ(block.decode("415c 2242").json(), R"({"a":"A\\\"B"})");
}

}  // namespace
}  // namespace bluetti::schemas::testing
