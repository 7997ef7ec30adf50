// SPDX-License-Identifier: MIT
// What the loader makes of `write` and [[setting]], and what it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema_support.h"
#include "schemas/setting.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string block_of(const std::string& rows, const std::string& more = "") {
  return "id = 100\nname = \"test\"\nprefix = \"\"\npoll = \"settings\"\nevidence = \"inferred\"\n" + more +
         "fields = [\n" + rows + "\n]\n";
}

std::string row(const std::string& type_and_more, const std::string& write) {
  return "  { name = \"value\", register = 100, type = " + type_and_more + ", write = " + write + " },";
}

std::vector<std::string> problems_of_row(const std::string& type_and_more, const std::string& write) {
  return problems_of_block(block_of(row(type_and_more, write)));
}

TEST(WriteRule, IsReadWithAllItsKeys) {
  const Block block = block_from(
      block_of(row(R"("u16", unit = "W")",
                   R"({ min = 5, max = 50, step = 5, function = 16, unit = 3, settle = 2.5, above = "other", )"
                   R"(needs = { mode = ["local", "manual"] }, consent = "grid" })") +
               R"(
  { name = "other", register = 101, type = "u16" },
  { name = "mode", register = 102, type = "enum", options = { 0 = "local", 1 = "manual", 2 = "ai" } },)"));
  const WriteRule& rule = *block.field("value")->write;
  EXPECT_EQ(rule.min, 5);
  EXPECT_EQ(rule.max, 50);
  EXPECT_EQ(rule.step, 5);
  EXPECT_EQ(rule.function, 16);
  EXPECT_EQ(rule.unit, 3);
  EXPECT_EQ(rule.settle, 2.5);
  EXPECT_EQ(rule.consent, "grid");
  EXPECT_THAT(rule.requirements, ElementsAre(Requirement{Requirement::Kind::above, "other", {}},
                                             Requirement{Requirement::Kind::is, "mode", {"local", "manual"}}));
  EXPECT_EQ(block.field("value")->access, Access::read_write);
}

TEST(WriteRule, NamesMistakesWithTheirPlace) {
  EXPECT_THAT(problems_of_row(R"("u16")", "{ min = 0, setle = 5 }"),
              ElementsAre("test.toml:7:70: 'write' has no key 'setle'; did you mean 'settle'?"));
}

TEST(WriteRule, RefusesImpossibleValues) {
  EXPECT_THAT(problems_of_row(R"("u16")", "{ min = 5, max = 4 }"), ElementsAre(HasSubstr("'min' is greater than")));
  EXPECT_THAT(problems_of_row(R"("u16")", "{ min = 0, step = 0 }"), ElementsAre(HasSubstr("'step' must be greater")));
  EXPECT_THAT(problems_of_row(R"("u16")", "{ min = 0, function = 3 }"), ElementsAre(HasSubstr("must be 6 or 16")));
  EXPECT_THAT(problems_of_row(R"("u16")", "{ min = 0, settle = 61 }"), ElementsAre(HasSubstr("0 to 60 seconds")));
  EXPECT_THAT(problems_of_row(R"("u16")", "{ min = 0, settle = -1 }"), ElementsAre(HasSubstr("0 to 60 seconds")));
  EXPECT_THAT(problems_of_row(R"("u16")", "{ min = 0, unit = 248 }"), ElementsAre(HasSubstr("'unit'")));
  EXPECT_THAT(problems_of_row(R"("u16")", R"({ min = 0, consent = "output" })"),
              ElementsAre(HasSubstr("unknown consent 'output'; did you mean 'outputs'?")));
  EXPECT_THAT(problems_of_row(R"("u16")", "{ min = 0, needs = {} }"), ElementsAre(HasSubstr("'needs' must be")));
}

TEST(WriteRule, OfANumberNeedsALowerBound) {
  EXPECT_THAT(problems_of_row(R"("u16")", "{}"), ElementsAre(HasSubstr("a number that can be written needs 'min'")));
}

TEST(WriteRule, BelongsToKindsThatCanBeWritten) {
  EXPECT_THAT(problems_of_row(R"("text", length = 4)", "{}"), Contains(HasSubstr("only numbers of up to 32 bits")));
  EXPECT_THAT(problems_of_row(R"("bitmap")", "{}"), Contains(HasSubstr("only numbers of up to 32 bits")));
  EXPECT_THAT(problems_of_row(R"("u64")", "{ min = 0 }"), Contains(HasSubstr("only numbers of up to 32 bits")));
  EXPECT_THAT(problems_of_row(R"("u16", count = 2)", "{ min = 0 }"), ElementsAre(HasSubstr("an array")));
  EXPECT_THAT(problems_of_row(R"("u16", secret = true)", "{ min = 0 }"), ElementsAre(HasSubstr("a secret")));
  EXPECT_THAT(problems_of_row(R"("u16", transforms = ["abs"])", "{ min = 0 }"),
              ElementsAre(HasSubstr("no other transforms")));
  EXPECT_THAT(
      problems_of_row(R"("u16", min = 1, max = 9, scale = [{ factor = 0.1, until = 1 }, { factor = 1, from = 2 }])",
                      "{ min = 0 }"),
      ElementsAre(HasSubstr("whose scale or sign depends on others")));
  EXPECT_THAT(problems_of_row(R"("bool")", "{ min = 0 }"), ElementsAre(HasSubstr("belong to numbers")));
  EXPECT_THAT(problems_of_row(R"("u16")", R"({ min = 0, options = ["a"] })"),
              ElementsAre(HasSubstr("belong to the type enum")));
  EXPECT_THAT(problems_of_row(R"("enum", options = { 0 = "low" })", R"({ options = ["lo"] })"),
              ElementsAre(HasSubstr("'value' has no option 'lo'; did you mean 'low'?")));
}

TEST(WriteRule, TakesSeveralRegistersByFunction16Only) {
  EXPECT_THAT(problems_of_row(R"("u32")", "{ min = 0, function = 6 }"),
              ElementsAre(HasSubstr("function 6 writes one register, and this is 2")));
  EXPECT_THAT(problems_of_row(R"("u32")", "{ min = 0 }"), IsEmpty());
}

TEST(WriteRule, DependsOnFieldsOfItsBlock) {
  EXPECT_THAT(problems_of_row(R"("u16")", R"({ min = 0, below = "limit" })"),
              ElementsAre(HasSubstr("the block has no field 'limit'")));
  EXPECT_THAT(problems_of_row(R"("u16")", R"({ min = 0, below = "value" })"),
              ElementsAre(HasSubstr("'value' is compared with itself")));
  const std::string text = R"(  { name = "label", register = 101, type = "text", length = 4 },)";
  for (const char* key : {"below", "above"}) {
    EXPECT_THAT(
        problems_of_block(block_of(row(R"("u16")", std::string("{ min = 0, ") + key + R"( = "label" })") + text)),
        ElementsAre(HasSubstr("'below' and 'above' compare numbers")));
  }
}

TEST(WriteRule, IsForOneStationNotForPacks) {
  EXPECT_THAT(problems_of_block(block_of(row(R"("bool")", "{}"), "instance = \"pack\"\n")),
              ElementsAre(HasSubstr("a block of which there are several cannot be written")));
}

TEST(WriteRule, OfAGroupIsATimeSlots) {
  EXPECT_THAT(problems_of_block(block_of("", "") + "[[group]]\nname = \"g\"\ncount = 2\nregister = 101\nwrite = {}\n" +
                                "fields = [ { name = \"action\", register = 0, type = \"u16\" } ]\n"),
              Contains(HasSubstr("a time slot needs the field 'start_hour'")));
  EXPECT_THAT(problems_of_block(block_of("", "") + "[[group]]\nname = \"g\"\ncount = 2\nregister = 101\n" +
                                "fields = [ { name = \"a\", register = 0, type = \"bool\", write = {} } ]\n"),
              ElementsAre(HasSubstr("what repeats is written as a whole")));
}

class ModelSettings : public ::testing::Test {
 protected:
  ModelSettings() {
    catalog_.add("block.toml", block_of(R"(
  { name = "limit", register = 100, type = "u16", unit = "A", write = { min = 1, max = 10, consent = "grid" } },
  { name = "mode", register = 101, type = "enum", options = { 0 = "low", 1 = "high" }, write = {} },
  { name = "plain", register = 102, type = "u16" },
  { name = "far", register = 110, type = "bool", write = {} },)"));
  }

  // The first problem of a model with these settings; "none".
  std::string problem(const std::string& settings) {
    catalog_.add("model.toml",
                 "name = \"M\"\nevidence = \"verified\"\nblocks = [100]\nregisters = { 100 = 5 }\n" + settings);
    catalog_.finish();
    return catalog_.problems().empty() ? "none" : catalog_.problems().front().text();
  }
  static std::string setting(const std::string& field, const std::string& more = "") {
    return "[[setting]]\nfield = " + field + "\n" + more + "\nevidence = \"inferred\"\nsource = \"the app\"\n";
  }

  Catalog catalog_;
};

TEST_F(ModelSettings, MayDifferFromTheRow) {
  ASSERT_EQ(problem(setting("\"limit\"", "max = 16\nsettle = 1") + setting("\"mode\"", "options = [\"high\"]") +
                    "[write]\nsettle = 3\nunit = 7\n"),
            "none");
  const SettingsOfModel settings(catalog_, *catalog_.model("M"));
  const Setting::Facts& limit = settings.find("limit")->facts();
  EXPECT_EQ(limit.rule.min, 1);
  EXPECT_EQ(limit.rule.max, 16);
  EXPECT_EQ(limit.rule.consent, "grid");
  EXPECT_EQ(limit.settle, 1);
  EXPECT_EQ(limit.modbus_unit, 7);
  EXPECT_EQ(limit.source, "the app");
  EXPECT_THAT(settings.find("mode")->facts().options, ElementsAre("high"));
  EXPECT_EQ(settings.find("mode")->facts().settle, 3);
}

TEST_F(ModelSettings, MayNameSeveralFields) {
  ASSERT_EQ(problem(setting("[\"limit\", \"mode\"]")), "none");
  EXPECT_EQ(SettingsOfModel(catalog_, *catalog_.model("M")).all().size(), 2u);
}

TEST_F(ModelSettings, AreRefusedForAFieldThatCannotBeWritten) {
  EXPECT_EQ(problem(setting("\"plain\"")), "model.toml:5:1: no block of this model has a field 'plain' with 'write'");
  EXPECT_EQ(catalog_.model("M"), nullptr);
}

TEST_F(ModelSettings, AreRefusedForAFieldThatIsNotThere) {
  EXPECT_THAT(problem(setting("\"limti\"")), HasSubstr("'limti' with 'write'; did you mean 'limit'?"));
}

TEST_F(ModelSettings, AreRefusedWhereTheyCouldNotBeReadBack) {
  EXPECT_THAT(problem(setting("\"far\"")),
              HasSubstr("'far': of block 100 this model has 5 registers, so that this one could not be read back"));
}

TEST_F(ModelSettings, AreRefusedTwice) {
  EXPECT_THAT(problem(setting("[\"mode\", \"mode\"]")), HasSubstr("'mode' is a setting already"));
}

TEST_F(ModelSettings, AreRefusedWithBoundsThatDoNotFit) {
  EXPECT_THAT(problem(setting("\"limit\"", "min = 11")), HasSubstr("'min' is greater than 'max'"));
}

TEST_F(ModelSettings, AreRefusedWithOptionsThatAreNone) {
  EXPECT_THAT(problem(setting("\"mode\"", "options = [\"hihg\"]")), HasSubstr("did you mean 'high'?"));
}

TEST_F(ModelSettings, SayWhereTheyAreKnownFrom) {
  EXPECT_THAT(problem("[[setting]]\nfield = \"mode\"\nevidence = \"inferred\"\n"), HasSubstr("'source'"));
}

}  // namespace
}  // namespace bluetti::schemas::testing
