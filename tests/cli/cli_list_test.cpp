// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using nlohmann::json;
using test::run_program;
using testing::HasSubstr;

// The row of a JSON listing that has this value under this key.
json row_of(const test::Outcome& outcome, const char* key, const json& value) {
  const json rows = json::parse(outcome.out);
  for (const json& row : rows) {
    if (row.at(key) == value) return row;
  }
  return {};
}

TEST(List, ModelsAsJson) {
  const json model = row_of(run_program({"list", "models", "--json"}), "name", "AP300");
  EXPECT_EQ(model.at("title"), "Apex 300");
  EXPECT_EQ(model.at("generation"), "V2");
  EXPECT_EQ(model.at("protocol"), 2015);
  EXPECT_EQ(model.at("envelope"), "v1.2");
  EXPECT_EQ(model.at("evidence"), "verified");
  EXPECT_THAT(model.at("blocks").get<std::vector<int>>(), testing::Contains(1300));
}

TEST(List, BlocksAsJson) {
  const json block = row_of(run_program({"list", "blocks", "--json"}), "id", 1300);
  EXPECT_EQ(block.at("name"), "grid");
  EXPECT_EQ(block.at("poll"), "grid");
  EXPECT_GT(block.at("fields"), 5);
  EXPECT_THAT(block.at("devices").get<std::vector<std::string>>(), testing::Contains("AP300"));
}

TEST(List, FieldsOfOneBlock) {
  const auto outcome = run_program({"list", "fields", "--block", "1300", "--json"});
  const json field = row_of(outcome, "path", "phases.voltage");
  EXPECT_EQ(field.at("unit"), "V");
  EXPECT_EQ(field.at("scale"), 0.1);
  EXPECT_EQ(field.at("type"), "u16");
  EXPECT_EQ(field.at("access"), "r");
  EXPECT_EQ(row_of(outcome, "block", 100), json()) << "no other block";
}

TEST(List, FieldsOfAModelAreAsTheModelHasThem) {
  const auto power_unit = [](const char* model) {
    return row_of(run_program({"list", "fields", "--block", "1300", "--model", model, "--json"}), "path",
                  "phases.power")
        .at("unit");
  };
  EXPECT_EQ(power_unit("AP300"), "W");
  EXPECT_EQ(power_unit("Elite 200 V2"), "VA");
}

TEST(List, EntitiesOfAModel) {
  const json entity = row_of(run_program({"list", "entities", "--model", "ap300", "--json"}), "id", "grid_frequency");
  EXPECT_EQ(entity.at("platform"), "sensor");
  EXPECT_EQ(entity.at("device_class"), "frequency");
  EXPECT_EQ(entity.at("unit"), "Hz");
  EXPECT_EQ(entity.at("enabled"), true);
}

TEST(List, SettingsOfAModel) {
  const auto outcome = run_program({"list", "settings", "--model", "EP2000", "--json"});
  const json limit = row_of(outcome, "path", "grid_import_power_limit");
  EXPECT_EQ(limit.at("model"), "EP2000");
  EXPECT_EQ(limit.at("register"), 2213);
  EXPECT_EQ(limit.at("function"), 6);
  EXPECT_EQ(limit.at("min"), 0);
  EXPECT_EQ(limit.at("max"), 9600);
  EXPECT_EQ(limit.at("step"), 1);
  EXPECT_EQ(limit.at("unit"), "W");
  EXPECT_EQ(limit.at("needs"), json({"energy_management is local"}));
  EXPECT_EQ(limit.at("consent"), "grid");
  EXPECT_EQ(limit.at("evidence"), "verified");
  EXPECT_EQ(row_of(outcome, "path", "ac_output").at("values"), json({"ON", "OFF"}));
  EXPECT_EQ(row_of(outcome, "path", "time_slot/6").at("register"), 2045);
}

TEST(List, SettingsOfAllModelsWithoutOne) {
  const auto outcome = run_program({"list", "settings", "--json"});
  EXPECT_NE(row_of(outcome, "model", "AC300"), json());
  EXPECT_NE(row_of(outcome, "model", "AP300"), json());
}

TEST(List, SettingsWithoutAKnownLimitSayNone) {
  const json limit =
      row_of(run_program({"list", "settings", "--model", "AC300", "--json"}), "path", "grid_import_current_limit");
  EXPECT_EQ(limit.at("min"), 1);
  EXPECT_TRUE(limit.at("max").is_null());
}

TEST(List, TablesHaveTitlesAndNoColourInAPipe) {
  const auto outcome = run_program({"list", "blocks"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_TRUE(outcome.out.starts_with("   Id  Name"));
  EXPECT_THAT(outcome.out, HasSubstr("\n 1300  grid "));
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
}

TEST(List, AsMarkdown) {
  const auto outcome = run_program({"list", "blocks", "--block", "720", "--markdown"});
  EXPECT_EQ(outcome.out,
            "| Id | Name | Title | Registers | Poll group | Fields | Evidence | Seen on |\n"
            "| ---: | --- | --- | ---: | --- | ---: | --- | --- |\n"
            "| 720 | update | Firmware update | 4 | module | 7 | inferred | |\n");
}

TEST(List, UnknownNamesAreUsageErrors) {
  EXPECT_EQ(run_program({"list", "fields", "--block", "1299"}).code, 2);
  const auto outcome = run_program({"list", "entities", "--model", "APEX 3000"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'Apex 300'?"));
}

TEST(List, NamesThatPeopleTypeAreUnderstood) {
  for (const char* typed :
       {"AC200MAX",       "AC200 Max",   "AC240P",    "AORA 30 V2", "AORA 100 V2", "AORA 200",  "AORA200V2",
        "AORA 300",       "AORA320",     "Elite 30",  "Elite 100",  "Elite 200",   "Elite 300", "Elite 400",
        "Premium 200 V2", "FridgePower", "Balco 260", "balco-500",  "Hub A1",      "HA1",       "Charger 2",
        "Apex 200",       "EP6K",        "EP13K",     "RV5",        "A80"}) {
    EXPECT_EQ(run_program({"list", "blocks", "--model", typed}).code, 0) << typed;
  }
}

// EP500 is spelled more like it, but of the other generation.
TEST(List, AModelThatNobodyHasReadIsAnsweredWithTheNearestOne) {
  const auto outcome = run_program({"list", "entities", "--model", "EP 900"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("'EP 900' is not supported yet, for no readings of one are known; try 'EP600'"));
  EXPECT_THAT(run_program({"list", "entities", "--model", "EB70"}).err, HasSubstr("try 'v1'"));
}

}  // namespace
}  // namespace bluetti::gateway::cli
