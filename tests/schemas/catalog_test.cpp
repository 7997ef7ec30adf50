// SPDX-License-Identifier: MIT
// Files side by side: models and their bases, layers over layers, names.
#include "schemas/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "schema_support.h"
#include "schemas/decoder.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string block_text(int id, const std::string& name, const std::string& row = R"(type = "u16")") {
  return "id = " + std::to_string(id) + "\nname = \"" + name + "\"\npoll = \"core\"\nevidence = \"inferred\"\n" +
         "fields = [ { name = \"value\", register = " + std::to_string(id) + ", " + row + " } ]\n";
}

std::vector<std::string> problems_of(const Catalog& catalog) {
  std::vector<std::string> result;
  for (const Problem& problem : catalog.problems()) result.push_back(problem.text());
  return result;
}

// Block 100, and these model files as a.toml, b.toml, ...
Catalog catalog_with(const std::vector<std::string>& models) {
  Catalog catalog;
  catalog.add("100.toml", block_text(100, "home"));
  char letter = 'a';
  for (const std::string& text : models) catalog.add(std::string(1, letter++) + ".toml", text);
  catalog.finish();
  return catalog;
}

std::vector<std::string> problems_of_lan(const std::string& lan) {
  return problems_of_model("name = \"M\"\nevidence = \"inferred\"\nprotocol_version = 2000\nblocks = []\nlan = { " +
                           lan + " }\n");
}

TEST(Model, WhatFreezesAtOtherUnitsNamesNone) {
  EXPECT_THAT(problems_of_lan("blocks = [], quirks = [\"frozen_by_other_units\"]"), IsEmpty());
  for (const char* others : {"unit = 2", "units = { 51001 = 250 }", "further_units = { 51200 = [41] }"}) {
    EXPECT_THAT(problems_of_lan("blocks = [], quirks = [\"frozen_by_other_units\"], " + std::string(others)),
                ElementsAre(::testing::HasSubstr("no other unit than 1 may be asked")))
        << others;
  }
}

TEST(Model, WhatShiftsRunsIsReadValueByValue) {
  EXPECT_THAT(problems_of_lan("blocks = [], quirks = [\"shifted_runs\"]"), IsEmpty());
  EXPECT_THAT(problems_of_lan("blocks = [], quirks = [\"shifted_runs\"], longest_read = 2"),
              ElementsAre(::testing::HasSubstr("'longest_read' must be 1")));
  EXPECT_THAT(problems_of_lan("blocks = [], quirks = [\"shifted_run\"]"),
              ElementsAre(::testing::HasSubstr("did you mean 'shifted_runs'?")));
}

TEST(Model, WhatIsUnservedIsARow) {
  const auto problems = [](const std::string& unserved) {
    Catalog catalog;
    catalog.add("100.toml",
                "id = 100\nname = \"home\"\npoll = \"core\"\nevidence = \"inferred\"\nway = \"lan\"\n"
                "fields = [ { name = \"a\", register = 101, type = \"u16\" } ]\n[[group]]\nname = \"phases\"\n"
                "count = 2\nregister = 110\nstride = 2\nfields = [ { name = \"b\", register = 1, type = \"u16\" } ]\n");
    catalog.add("m.toml",
                "name = \"M\"\nevidence = \"inferred\"\nprotocol_version = 2000\nblocks = []\n"
                "lan = { blocks = [100], unserved = [" +
                    unserved + "] }\n");
    catalog.finish();
    std::vector<std::string> texts;
    for (const Problem& problem : catalog.problems()) texts.push_back(problem.message);
    return texts;
  };
  EXPECT_THAT(problems("101, 111, 113"), IsEmpty());
  EXPECT_THAT(problems("100"), ElementsAre("'unserved': no row of its blocks begins at 100"));
}

TEST(Model, FurtherUnitsAreThoseOfTheInstancesBehindTheFirst) {
  const Model& model = *built_in_catalog().model("Balco260");
  const auto places = model.lan.places_of(51200);
  ASSERT_EQ(places.size(), 6U);
  EXPECT_EQ(places[0].unit, 1);
  EXPECT_EQ(places[1].unit, 41);
  EXPECT_EQ(places[1].instance, 2);
  EXPECT_EQ(places[5].unit, 45);
  EXPECT_EQ(model.lan.places_of(50001).size(), 1U);
}

TEST(Model, FurtherUnitsAreAllDifferentOnes) {
  const auto problems = [](const std::string& units) {
    Catalog catalog;
    catalog.add("100.toml", block_text(100, "home"));
    catalog.add("200.toml", "way = \"lan\"\ninstance = \"pack\"\n" + block_text(200, "pack"));
    catalog.add("a.toml",
                "name = \"A\"\nevidence = \"inferred\"\nprotocol_version = 2000\nblocks = [100]\n"
                "lan = { blocks = [200], further_units = { 200 = " +
                    units + " } }\n");
    catalog.finish();
    return problems_of(catalog);
  };
  EXPECT_THAT(problems("[41, 42]"), IsEmpty());
  EXPECT_THAT(problems("[41, 41]"), ElementsAre(::testing::HasSubstr("block 200 has the unit 41 twice")));
  EXPECT_THAT(problems("[1]"), ElementsAre(::testing::HasSubstr("block 200 has the unit 1 twice")));
}

TEST(Model, ReadsEveryKey) {
  std::vector<Problem> problems;
  const auto model = parse_model("m.toml", R"(
name = "AP300"
title = "Apex 300"
aliases = ["Apex"]
evidence = "verified"
source = "captures"
protocol_version = 2015
envelope = "v1.0"
unit = 1
blocks = [100, 1300]
registers = { 100 = 62 }
poll = { core = 5, 1300 = 2.5 }
parameters = { pack_voltage_scale = 0.01 }
[[absent]]
value = 404
registers = [125, 158]
[[override]]
block = 100
field = "soc"
unit = "%"
entity = "none"
)",
                                 problems);
  ASSERT_TRUE(model) << problems.front().text();
  EXPECT_EQ(model->cloud_name, "AP300");
  EXPECT_EQ(model->envelope, EnvelopeKind::v1_0);
  EXPECT_EQ(model->registers.at(100), 62);
  EXPECT_EQ(model->poll.at("core"), 5);
  EXPECT_EQ(model->poll_block.at(1300), 2.5);
  EXPECT_THAT(model->absent.at(0).registers, ElementsAre(125, 158));
  EXPECT_EQ(model->overrides.at(0).prominence, Prominence::none);
  EXPECT_FALSE(model->overrides.at(0).scale);
}

TEST(Model, ProblemsHavePlaces) {
  EXPECT_THAT(problems_of_model("name = \"X\"\nevidence = \"inferred\"\nprotocol_version = 15\nblock = [1]\n"),
              ElementsAre("test.toml:3:20: 'protocol_version' must lie between 1000 and 65535",
                          "test.toml:4:1: a model has no key 'block'; did you mean 'blocks'?"));
  EXPECT_THAT(problems_of_model("name = \"a/b\"\nevidence = \"inferred\"\n"),
              ElementsAre("test.toml:1:8: a part of a topic cannot contain '/', '+' or '#'"));
  EXPECT_THAT(problems_of_model("name = \"a\"\nevidence = \"inferred\"\nregisters = { 100 = 500 }\n"),
              ElementsAre("test.toml:3:21: a block has 1 to 125 registers"));
}

TEST(Catalog, ModelsTakeWhatTheyDoNotSayFromTheirBase) {
  const Catalog catalog = catalog_with({R"(name = "b"
extends = "base"
protocol_version = 2015
poll = { core = 1 }
)",
                                        R"(name = "base"
title = "Base"
abstract = true
evidence = "verified"
blocks = [100]
envelope = "bare"
poll = { core = 5, cells = 60 }
)"});
  EXPECT_THAT(problems_of(catalog), IsEmpty());
  const Model* model = catalog.model("b");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->title, "b");
  EXPECT_FALSE(model->is_abstract);
  EXPECT_EQ(model->evidence, Evidence::verified);
  EXPECT_EQ(model->envelope, EnvelopeKind::bare);
  EXPECT_THAT(model->blocks, ElementsAre(100));
  EXPECT_EQ(model->poll.at("core"), 1);
  EXPECT_EQ(model->poll.at("cells"), 60);
  EXPECT_EQ(model->interval(*catalog.block(100)), 1);
}

TEST(Catalog, NamesAreComparedWithoutCaseBlanksAndDashes) {
  const Catalog catalog = catalog_with(
      {"name = \"ELITE200V2\"\ntitle = \"Elite 200 V2\"\naliases = [\"PR200\"]\nevidence = \"inferred\"\n"});
  const Model* model = catalog.model("ELITE200V2");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(catalog.model("elite-200_v2"), model);
  EXPECT_EQ(catalog.model("Elite 200 V2"), model);
  EXPECT_EQ(catalog.model("pr 200"), model);
  EXPECT_EQ(catalog.model("Elite 100"), nullptr);
}

TEST(Catalog, BasesMustBeKnownAndMustNotGoInACircle) {
  EXPECT_THAT(
      problems_of(catalog_with({"name = \"x\"\nextends = \"bsae\"\n", "name = \"base\"\nevidence = \"inferred\"\n"})),
      ElementsAre("a.toml:2:11: extends an unknown model, 'bsae'; did you mean 'base'?"));
  const Catalog circle = catalog_with({"name = \"x\"\nextends = \"y\"\n", "name = \"y\"\nextends = \"x\"\n"});
  EXPECT_THAT(problems_of(circle), ElementsAre("b.toml:2:11: extends itself in the end, by way of 'x'",
                                               "a.toml:2:11: extends a model that was refused, 'y'"));
  EXPECT_TRUE(circle.models().empty());
}

TEST(Catalog, BlocksFieldsAndPollGroupsOfAModelMustExist) {
  EXPECT_THAT(problems_of(catalog_with({R"(name = "x"
evidence = "inferred"
blocks = [100, 200]
poll = { coer = 5 }
[[override]]
block = 100
field = "valeu"
)"})),
              ElementsAre("a.toml:3:10: there is no block 200",
                          "a.toml:4:8: no block is in the poll group 'coer'; did you mean 'core'?",
                          "a.toml:5:1: block 100 has no field 'valeu'; did you mean 'value'?"));
}

TEST(Catalog, ParametersMustBeThereExceptInAnAbstractModel) {
  Catalog catalog;
  catalog.add("100.toml", block_text(100, "home", R"(type = "u16", scale = "pack_voltage_scale")"));
  catalog.add("a.toml", "name = \"x\"\nevidence = \"inferred\"\nblocks = [100]\n");
  catalog.add("b.toml", "name = \"y\"\nevidence = \"inferred\"\nblocks = [100]\nabstract = true\n");
  catalog.finish();
  EXPECT_THAT(problems_of(catalog), ElementsAre("a.toml:1:1: block 100 needs the parameter 'pack_voltage_scale'"));
  EXPECT_EQ(catalog.model("x"), nullptr);
  EXPECT_NE(catalog.model("y"), nullptr);
}

TEST(Catalog, TwoFilesOfALayerMayNotDefineTheSame) {
  Catalog catalog;
  catalog.add("a.toml", block_text(100, "home"));
  EXPECT_FALSE(catalog.add("b.toml", block_text(100, "other")));
  EXPECT_FALSE(catalog.add("c.toml", block_text(200, "home")));
  EXPECT_THAT(problems_of(catalog), ElementsAre("b.toml:1:1: block 100 is already in a.toml",
                                                "c.toml:1:1: block 100 has the name 'home' too"));
}

TEST(Catalog, AnAliasNamesOneModelOnly) {
  const Catalog catalog = catalog_with(
      {"name = \"x\"\nevidence = \"inferred\"\naliases = [\"Y\"]\n", "name = \"y\"\nevidence = \"inferred\"\n"});
  EXPECT_THAT(problems_of(catalog), ElementsAre("a.toml:1:1: 'Y' already names the model 'y'"));
  EXPECT_EQ(catalog.model("x"), nullptr);
}

TEST(Catalog, ALaterLayerReplacesBlocksAndModels) {
  Catalog catalog = catalog_with({"name = \"x\"\nevidence = \"inferred\"\nunit = 1\n"});
  catalog.begin_layer();
  EXPECT_TRUE(catalog.add("mine.toml", block_text(100, "mine")));
  EXPECT_TRUE(catalog.add("x.toml", "name = \"X\"\nevidence = \"inferred\"\nunit = 2\n"));
  catalog.finish();
  EXPECT_EQ(catalog.block(100)->name, "mine");
  EXPECT_EQ(catalog.model("x")->unit, 2);
}

TEST(Catalog, ABadFileLeavesInForceWhatItWouldHaveReplaced) {
  Catalog catalog = catalog_with({"name = \"x\"\nevidence = \"inferred\"\nunit = 1\n"});
  catalog.begin_layer();
  EXPECT_FALSE(catalog.add("mine.toml", block_text(100, "mine", R"(type = "u99")")));
  EXPECT_TRUE(catalog.add("x.toml", "name = \"x\"\nevidence = \"inferred\"\nunit = 2\nblocks = [4711]\n"));
  catalog.finish();
  EXPECT_EQ(catalog.block(100)->name, "home");
  EXPECT_EQ(catalog.model("x")->unit, 1);
  EXPECT_EQ(catalog.problems().size(), 2U);
}

// Block 200 publishes `home_value` too once its prefix is that of block 100.
std::string clashing_text(int id) {
  return block_text(id, "other" + std::to_string(id)) + "prefix = \"home\"\n";
}

TEST(Catalog, ABlockThatPublishesWhatAnotherDoesIsRefused) {
  Catalog catalog = catalog_with({"name = \"x\"\nevidence = \"inferred\"\nblocks = [200, 100]\n"});
  catalog.add("200.toml", block_text(200, "grid"));
  catalog.begin_layer();
  EXPECT_TRUE(catalog.add("mine.toml", clashing_text(200)));
  catalog.finish();
  const std::string problem = "mine.toml:1:1: block 200 would publish 'home_value' of the model 'x', as block 100 does";
  EXPECT_THAT(problems_of(catalog), ElementsAre(problem));
  EXPECT_EQ(catalog.block(200)->name, "grid");
  EXPECT_NE(catalog.model("x"), nullptr);
  catalog.finish();
  EXPECT_THAT(problems_of(catalog), ElementsAre(problem));
}

TEST(Catalog, OfTwoClashingBlocksTheOneLaidLaterIsRefused) {
  Catalog catalog;
  catalog.add("200.toml", block_text(200, "home"));
  catalog.add("x.toml", "name = \"x\"\nevidence = \"inferred\"\nblocks = [200]\n");
  catalog.begin_layer();
  catalog.add("mine.toml", clashing_text(100));
  catalog.add("mine_x.toml", "name = \"x\"\nevidence = \"inferred\"\nblocks = [100, 200]\n");
  catalog.finish();
  EXPECT_THAT(problems_of(catalog),
              ElementsAre("mine.toml:1:1: block 100 would publish 'home_value' of the model 'x', as block 200 does",
                          "mine_x.toml:3:10: there is no block 100"));
  EXPECT_EQ(catalog.block(100), nullptr);
  EXPECT_THAT(catalog.model("x")->blocks, ElementsAre(200));
}

TEST(Catalog, AModelThatPutsClashingBlocksTogetherIsRefused) {
  Catalog catalog = catalog_with({"name = \"x\"\nevidence = \"inferred\"\nblocks = [100]\n"});
  catalog.add("200.toml", clashing_text(200));
  catalog.begin_layer();
  catalog.add("mine.toml", "name = \"x\"\nevidence = \"inferred\"\nblocks = [100, 200]\n");
  catalog.finish();
  EXPECT_THAT(problems_of(catalog),
              ElementsAre("mine.toml:3:10: blocks 100 and 200 would both publish 'home_value' of the model 'x'"));
  EXPECT_THAT(catalog.model("x")->blocks, ElementsAre(100));
}

TEST(Catalog, ADerivedRowTakesNoScaleFromAModel) {
  Catalog catalog;
  catalog.add("100.toml", block_text(100, "home") +
                              "derived = [ { name = \"twice\", from = [\"value\", \"value\"], how = \"sum\" } ]\n");
  catalog.add("x.toml",
              "name = \"x\"\nevidence = \"inferred\"\nblocks = [100]\n"
              "[[override]]\nblock = 100\nfield = \"twice\"\nscale = 2\n"
              "[[override]]\nblock = 100\nfield = \"twice\"\nabsent = 2\n"
              "[[override]]\nblock = 100\nfield = \"twice\"\nunit = \"W\"\n");
  catalog.finish();
  EXPECT_THAT(problems_of(catalog), ElementsAre("x.toml:4:1: 'scale' belongs to fields that are read",
                                                "x.toml:8:1: 'absent' belongs to fields that are read"));
}

TEST(Catalog, AModelMayNameBitsOrTakeTheirNamesAway) {
  Catalog catalog;
  catalog.add("100.toml", block_text(100, "home", R"(type = "bitmap", options = ["hot", "cold"])"));
  const std::string start = "evidence = \"inferred\"\nblocks = [100]\n[[override]]\nblock = 100\nfield = \"value\"\n";
  catalog.add("a.toml", "name = \"a\"\n" + start + "options = [\"\", \"wet\"]\n");
  catalog.add("b.toml", "name = \"b\"\n" + start + "options = {}\n");
  catalog.add("c.toml", "name = \"c\"\n" + start + "options = { 16 = \"dry\" }\n");
  catalog.finish();
  const auto names = [&](const char* model) {
    return Decoder(*catalog.block(100), *catalog.model(model)).slots()[0].field->options;
  };
  EXPECT_THAT(names("a"), ElementsAre(Option{1, "wet"}));
  EXPECT_THAT(names("b"), IsEmpty());
  EXPECT_THAT(problems_of(catalog), ElementsAre("c.toml:4:1: 'options' names bits beyond the 16 there are"));
}

TEST(Catalog, FindsTheBlockThatContainsAnAddress) {
  const Catalog catalog = [] {
    Catalog result;
    result.add("a.toml", block_text(100, "a") + "registers = 10\n");
    result.add("b.toml", block_text(105, "b"));
    return result;
  }();
  EXPECT_EQ(catalog.block_at(100)->id, 100);
  EXPECT_EQ(catalog.block_at(105)->id, 105);
  EXPECT_EQ(catalog.block_at(107)->id, 100);
  EXPECT_EQ(catalog.block_at(110), nullptr);
  EXPECT_EQ(catalog.block_at(99), nullptr);
}

TEST(Catalog, AFolderIsLaidOverTheBuiltInFiles) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "catalog_test_folder";
  std::filesystem::create_directories(folder / "blocks");
  std::ofstream(folder / "blocks" / "100.toml") << block_text(100, "my_home");
  std::ofstream(folder / "notes.txt") << "not a schema";
  const std::vector<std::filesystem::path> folders{folder, folder / "nowhere"};
  const Catalog catalog = Catalog::load(folders);
  std::filesystem::remove_all(folder);
  EXPECT_EQ(catalog.block(100)->name, "my_home");
  const auto problems = problems_of(catalog);
  EXPECT_TRUE(std::any_of(problems.begin(), problems.end(), [](const std::string& problem) {
    return problem.find("nowhere: cannot be read: ") != std::string::npos;
  }));
}

}  // namespace
}  // namespace bluetti::schemas::testing
