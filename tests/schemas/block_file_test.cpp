// SPDX-License-Identifier: MIT
// What the loader says about a wrong block file: what, and where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kHead = R"(id = 100
name = "test"
poll = "core"
evidence = "inferred"
fields = [
)";

// The rows begin in line 6.
std::vector<std::string> problems_of_rows(std::string_view rows, std::string_view groups = "") {
  return problems_of_block(std::string(kHead) + std::string(rows) + "\n]\n" + std::string(groups));
}

TEST(BlockFile, AGoodOneHasNoProblems) {
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16", unit = "V", scale = 0.1 },)"), IsEmpty());
}

TEST(BlockFile, WhatIsNoTomlIsToldWithItsPlace) {
  const auto problems = problems_of_block("id = 100\nname = \n");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(problems[0].starts_with("test.toml:2:8: ")) << problems[0];
}

TEST(BlockFile, RequiredKeysAreNamedAllAtOnce) {
  EXPECT_THAT(
      problems_of_block("title = \"x\"\n"),
      ElementsAre("test.toml:1:1: a block needs the key 'id'", "test.toml:1:1: a block needs the key 'name'",
                  "test.toml:1:1: a block needs the key 'poll'", "test.toml:1:1: a block needs the key 'evidence'",
                  "test.toml:1:1: a block needs the key 'fields'", "test.toml:1:1: a block needs at least one field"));
}

TEST(BlockFile, AnUnknownKeyComesWithASuggestion) {
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16", scael = 0.1 },)"),
              ElementsAre("test.toml:6:45: a field has no key 'scael'; did you mean 'scale'?"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16", colour = "red" },)"),
              ElementsAre("test.toml:6:45: a field has no key 'colour'"));
}

TEST(BlockFile, AWrongTypeOfValueIsTold) {
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = "x", type = "u16" },)"),
              ElementsAre("test.toml:6:26: 'register' must be an integer"));
  EXPECT_THAT(problems_of_rows(R"({ name = "A b", register = 100, type = "u16" },)"),
              ElementsAre("test.toml:6:10: 'name' must consist of a-z, 0-9 and _, not 'A b'"));
  EXPECT_THAT(
      problems_of_rows(R"({ name = "a", register = 100, type = "u17" },)"),
      ElementsAre("test.toml:6:38: 'type' is 'u17', not one of u8, s8, u16, s16, u32, s32, u64, f32, bool, enum, "
                  "bitmap, text, serial, version, ipv4, clock; did you mean 'u16'?"));
}

TEST(BlockFile, AFloatSaysItsDecimalsAndTakesNothingButAScale) {
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "f32", decimals = 1, scale = 10 },)"),
              IsEmpty());
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "f32" },)"),
              ElementsAre("test.toml:6:1: a field needs the key 'decimals'"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16", decimals = 1 },)"),
              ElementsAre("test.toml:6:56: 'decimals' belongs to the type f32"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "f32", decimals = 1, bits = [0, 3] },)"),
              ElementsAre("test.toml:6:1: the type f32 takes no transforms but a scale"));
  EXPECT_FALSE(problems_of_rows(R"({ name = "a", register = 100, type = "f32", decimals = 1, write = {} },)").empty());
}

TEST(BlockFile, ASlotIsEmptyWithoutAFieldThatThereIs) {
  const auto problems = [](const std::string& field) {
    return problems_of_block("id = 100\nname = \"test\"\npoll = \"core\"\nevidence = \"inferred\"\n" +
                             ("empty_without = \"" + field + "\"\n") +
                             "fields = [ { name = \"volts\", register = 100, type = \"u16\", absent = [0] } ]\n");
  };
  EXPECT_THAT(problems("volts"), IsEmpty());
  EXPECT_THAT(problems("vots"), ElementsAre("test.toml:1:1: the block has no field 'vots'; did you mean 'volts'?"));
}

TEST(BlockFile, RegisterAndOffsetExcludeEachOther) {
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, offset = 0, type = "u16" },)"),
              ElementsAre("test.toml:6:40: 'register' and 'offset' exclude each other"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", type = "u16" },)"),
              ElementsAre("test.toml:6:1: a field needs one of the keys 'register' and 'offset'"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 99, type = "u16" },)"),
              ElementsAre("test.toml:6:26: 'register' must lie between 100 and 4196"));
}

TEST(BlockFile, KeysOfOtherTypesAreRefused) {
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16", options = { 0 = "x" } },)"),
              ElementsAre("test.toml:6:55: 'options' belongs to the types enum and bitmap"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16", half = "low" },)"),
              ElementsAre("test.toml:6:52: 'half' belongs to one-byte types placed by 'register'"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "serial", scale = 0.1 },)"),
              ElementsAre("test.toml:6:1: the type serial takes no transforms"));
}

TEST(BlockFile, ABitmapMayNameTheBitsItHas) {
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "bitmap", options = { 15 = "x" } },)"),
              IsEmpty());
  EXPECT_THAT(
      problems_of_rows(R"({ name = "a", register = 100, type = "bitmap", count = 2, options = { 31 = "x" } },)"),
      IsEmpty());
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "bitmap", options = ["x", "", "y"] },)"),
              IsEmpty());
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "bitmap", options = ["x", 7] },)"),
              ElementsAre("test.toml:6:64: the name of a bit must be a text"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "bitmap", options = { 16 = "x" } },)"),
              ElementsAre("test.toml:6:1: 'a' has no bit 16"));
}

TEST(BlockFile, AnEnumNeedsOptionsAndATextItsLength) {
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "enum" },)"),
              ElementsAre("test.toml:6:1: a field needs the key 'options'"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "enum", options = { x = "idle" } },)"),
              ElementsAre("test.toml:6:58: the code 'x' must be an integer"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "text" },)"),
              ElementsAre("test.toml:6:1: a field needs the key 'length'"));
}

TEST(BlockFile, UnitsAreKnownAndScalesNotZero) {
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16", unit = "kwh" },)"),
              ElementsAre("test.toml:6:52: unknown unit 'kwh'; did you mean 'kWh'?"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16", scale = 0 },)"),
              ElementsAre("test.toml:6:53: 'scale' must not be 0"));
}

TEST(BlockFile, TransformsStandAlone) {
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16", transforms = ["abs"], scale = 0.1 },)"),
              ElementsAre("test.toml:6:58: 'transforms' stands instead of 'bits', 'scale' and 'minus'"));
  EXPECT_THAT(
      problems_of_rows(R"({ name = "a", register = 100, type = "u16", transforms = ["clamp:5:1", "square"] },)"),
      ElementsAre("test.toml:6:58: 'clamp:5:1' is not a transform", "test.toml:6:58: 'square' is not a transform"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16", bits = [8, 16] },)"),
              ElementsAre("test.toml:6:52: 'bits' must be [first, last] within the 16 bits of the value"));
}

TEST(BlockFile, OverlappingFieldsAreRefused) {
  EXPECT_THAT(problems_of_rows("{ name = \"a\", register = 100, type = \"u32\" },\n"
                               "{ name = \"b\", register = 101, type = \"u16\" },"),
              ElementsAre("test.toml:7:1: 'b' overlaps 'a' (line 6)"));
  EXPECT_THAT(problems_of_rows("{ name = \"a\", register = 100, type = \"u16\", bits = [0, 4] },\n"
                               "{ name = \"b\", register = 100, type = \"u16\", bits = [4, 7] },"),
              ElementsAre("test.toml:7:1: 'b' overlaps 'a' (line 6)"));
}

TEST(BlockFile, DisjointBitsAndConditionsMayShareARegister) {
  EXPECT_THAT(problems_of_rows("{ name = \"a\", register = 100, type = \"u16\", bits = [0, 7] },\n"
                               "{ name = \"b\", register = 100, type = \"u8\", half = \"high\" },"),
              IsEmpty());
  EXPECT_THAT(problems_of_rows("{ name = \"t\", register = 101, type = \"u16\" },\n"
                               "{ name = \"a\", register = 100, type = \"u16\", when = { field = \"t\", is = 1 } },\n"
                               "{ name = \"b\", register = 100, type = \"s16\", when = { field = \"t\", is = 2 } },"),
              IsEmpty());
  EXPECT_THAT(problems_of_rows("{ name = \"a\", register = 100, type = \"u16\" },\n"
                               "{ name = \"b\", register = 100, type = \"s16\", protocol = 2005 },"),
              IsEmpty());
  EXPECT_THAT(problems_of_rows("{ name = \"a\", register = 100, type = \"u16\" },",
                               "[[group]]\nname = \"g\"\ncount = 1\nregister = 100\nprotocol = 2005\n"
                               "fields = [ { name = \"b\", register = 0, type = \"s16\" } ]\n"),
              IsEmpty());
}

// Bits 16 to 31 of a number with its low register first lie in the second register.
TEST(BlockFile, OverlapsKnowTheOrderOfRegisters) {
  EXPECT_THAT(problems_of_rows("{ name = \"a\", register = 100, type = \"u32\", bits = [16, 31] },\n"
                               "{ name = \"b\", register = 100, type = \"u16\" },"),
              IsEmpty());
  EXPECT_THAT(problems_of_rows("{ name = \"a\", register = 100, type = \"u32\", bits = [16, 31] },\n"
                               "{ name = \"b\", register = 101, type = \"u16\" },"),
              ElementsAre("test.toml:7:1: 'b' overlaps 'a' (line 6)"));
}

TEST(BlockFile, NamesAndPathsAreUnique) {
  EXPECT_THAT(problems_of_rows("{ name = \"a\", register = 100, type = \"u16\" },\n"
                               "{ name = \"a\", register = 101, type = \"u16\" },"),
              ElementsAre("test.toml:7:1: there is already a field 'a'"));
  EXPECT_THAT(
      problems_of_rows("{ name = \"x_1_power\", register = 100, type = \"u16\" },",
                       "[[group]]\nname = \"x\"\ncount = 1\nregister = 101\n"
                       "fields = [ { name = \"power\", register = 0, type = \"u16\" } ]\n"),
      ElementsAre("test.toml:12:12: 'power' would be published as 'test_x_1_power', where another value is already"));
}

TEST(BlockFile, ReferencesFromRowToRowMustHold) {
  EXPECT_THAT(problems_of_rows(R"({ name = "type", register = 100, type = "u16" },
{ name = "b", register = 101, type = "u16", when = { field = "tpye", is = 1 } },)"),
              ElementsAre("test.toml:7:1: the block has no field 'tpye'; did you mean 'type'?"));
  EXPECT_THAT(problems_of_rows(R"({ name = "phase_count", register = 100, type = "u16" },)",
                               "[[group]]\nname = \"x\"\ncount = \"phase_cont\"\nmax = 2\nregister = 101\n"
                               "fields = [ { name = \"power\", register = 0, type = \"u16\" } ]\n"),
              ElementsAre("test.toml:8:1: the block has no field 'phase_cont'; did you mean 'phase_count'?"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u16" },)",
                               "[[group]]\nname = \"x\"\nafter = \"cells\"\n"
                               "fields = [ { name = \"power\", register = 0, type = \"u16\" } ]\n"),
              ElementsAre("test.toml:8:1: 'after' must name a group above, not 'cells'"));
}

TEST(BlockFile, AStrideHasRoomForAnItem) {
  EXPECT_THAT(problems_of_rows("",
                               "[[group]]\nname = \"x\"\ncount = 2\nregister = 100\nstride = 1\n"
                               "fields = [ { name = \"power\", register = 0, type = \"u32\" } ]\n"),
              ElementsAre("test.toml:12:10: items of 4 bytes need a stride of at least as many"));
  EXPECT_THAT(problems_of_rows(R"({ name = "a", register = 100, type = "u32", count = 2, stride = 1 },)"),
              ElementsAre("test.toml:6:65: items of 4 bytes need a stride of at least as many"));
}

TEST(BlockFile, InterleavedItemsNeedAStride) {
  EXPECT_THAT(problems_of_rows("",
                               "[[group]]\nname = \"x\"\ncount = 2\nregister = 100\ninterleaved = true\n"
                               "fields = [ { name = \"power\", register = 0, type = \"u16\" } ]\n"),
              ElementsAre(::testing::HasSubstr("'interleaved' needs a 'stride'")));
}

TEST(BlockFile, InterleavedItemsShareNothing) {
  const auto problems = [](const std::string& more, int second = 2) {
    return problems_of_rows("", "[[group]]\nname = \"phases\"\nregister = 100\nstride = 1\n" + more +
                                    "fields = [\n  { name = \"a\", register = 0, type = \"u16\" },\n" +
                                    "  { name = \"b\", register = " + std::to_string(second) +
                                    ", type = \"u16\" },\n]\n");
  };
  EXPECT_THAT(problems("interleaved = true\ncount = 2\n"), IsEmpty());
  EXPECT_EQ(problems("count = 2\n").size(), 1U);
  EXPECT_EQ(problems("interleaved = true\ncount = 2\n", 1).size(), 1U) << "the second a is the first b";
  EXPECT_EQ(problems("interleaved = true\n").size(), 1U) << "without a count";
  EXPECT_THAT(problems_of_rows("",
                               "[[group]]\nname = \"x\"\ncount = 2\nregister = 100\nstride = 1\ninterleaved = true\n"
                               "fields = [ { name = \"power\", register = 0, type = \"u32\" } ]\n"),
              ElementsAre(::testing::HasSubstr("'stride' is too short for it")));
}

TEST(BlockFile, VerifiedNeedsDevices) {
  EXPECT_THAT(problems_of_block("id = 1\nname = \"x\"\npoll = \"core\"\nevidence = \"verified\"\n"
                                "fields = [ { name = \"a\", register = 1, type = \"u16\" } ]\n"),
              ElementsAre("test.toml:4:12: 'verified' needs 'devices', where it was seen"));
}

TEST(BlockFile, DefaultsComeFromTheBlock) {
  const Block block = block_from(
      "id = 1300\nname = \"grid\"\npoll = \"grid\"\nevidence = \"verified\"\ndevices = [\"X\"]\norder = \"high\"\n"
      "text = \"plain\"\nfields = [\n"
      "  { name = \"frequency\", register = 1302, type = \"u16\", unit = \"Hz\" },\n"
      "  { name = \"count\", register = 1303, type = \"u8\" },\n"
      "  { name = \"power\", register = 1304, type = \"u32\", unit = \"W\", evidence = \"inferred\" },\n]\n");
  EXPECT_EQ(block.title, "Grid");
  EXPECT_EQ(block.registers, 6);
  EXPECT_EQ(block.fields[0].title, "Grid frequency");
  EXPECT_EQ(block.fields[0].offset, 4);
  EXPECT_EQ(block.fields[1].offset, 7);
  EXPECT_EQ(block.fields[0].prominence, Prominence::primary);
  EXPECT_EQ(block.fields[1].prominence, Prominence::disabled);
  EXPECT_EQ(block.fields[2].prominence, Prominence::disabled);
  EXPECT_EQ(block.fields[2].order, Order::high_register_first);
}

TEST(Nearest, TakesOneWrongLetterAndTwoExchangedOnes) {
  constexpr std::string_view kWords[] = {"scale", "title", "id"};
  EXPECT_EQ(nearest("scael", kWords), "scale");
  EXPECT_EQ(nearest("titel", kWords), "title");
  EXPECT_EQ(nearest("title_of_the_field", kWords), "title");
  constexpr std::array<std::string_view, 2> kSettings{"ac_eco_time", "ac_eco"};
  EXPECT_EQ(nearest("ac_eco_mode", kSettings), "ac_eco");
  EXPECT_EQ(nearest("ac_eco_tiem", kSettings), "ac_eco_time");
  EXPECT_EQ(nearest("sclae", kWords), "scale");
}

TEST(Nearest, IsSilentWhereNothingIsNear) {
  constexpr std::string_view kWords[] = {"scale", "title", "id"};
  EXPECT_EQ(nearest("colour", kWords), "");
  EXPECT_EQ(nearest("xy", kWords), "");
}

}  // namespace
}  // namespace bluetti::schemas::testing
