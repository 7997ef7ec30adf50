// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using nlohmann::json;
using test::run_program;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kHead = "id = 65000\nname = \"mine\"\npoll = \"core\"\nevidence = \"inferred\"\n";

class SchemaCheck : public testing::Test {
 protected:
  // Of a block 65000 with these rows from line 6 on.
  test::Outcome check(std::string_view rows, std::string_view groups = "") const {
    const auto path = folder_.write(
        "mine.toml", std::string(kHead) + "fields = [\n" + std::string(rows) + "\n]\n" + std::string(groups));
    return run_program({"schema", "check", path.string()});
  }
  // What it warns of in line 6, without the place.
  std::string warning(std::string_view row) const {
    const auto outcome = check(row);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("block 65000 mine, 1 field, inferred"));
    const std::string place = name() + ":6:3: warning: ";
    if (outcome.err.empty()) return "";
    EXPECT_THAT(outcome.err, testing::StartsWith(place));
    return outcome.err.substr(place.size());
  }
  std::string name() const { return (folder_.path() / "mine.toml").string(); }

  test::TemporaryFolder folder_;
};

TEST_F(SchemaCheck, SumsUpGoodBlocksAndModels) {
  folder_.write("a.toml", std::string(kHead) + R"(fields = [{ name = "power", register = 65000, type = "u16" }])");
  folder_.write("b.toml", "name = \"MINE1\"\nextends = \"v2\"\nevidence = \"inferred\"\nblocks = [100, 65000]\n");
  const auto outcome = run_program({"schema", "check", folder_.path().string()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_EQ(outcome.out, (folder_.path() / "a.toml").string() + ": block 65000 mine, 1 field, inferred\n" +
                             (folder_.path() / "b.toml").string() + ": model MINE1, 2 blocks, inferred\n");
}

TEST_F(SchemaCheck, TellsEveryMistakeWithItsPlace) {
  const auto outcome = check(R"(  { name = "power", register = 65000, type = "u17", scal = 0.1 },)");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr(name() + ":6:46: "));
  EXPECT_THAT(outcome.err, HasSubstr(name() + ":6:53: a field has no key 'scal'"));
}

TEST_F(SchemaCheck, GoesOnWithTheOtherFiles) {
  const auto bad = folder_.write("a.toml", "name = ");
  const auto good = folder_.write("b.toml", "name = \"MINE1\"\nextends = \"v2\"\nevidence = \"inferred\"\n");
  const auto outcome = run_program({"schema", "check", bad.string(), "/nowhere/c.toml", good.string()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("/nowhere/c.toml: cannot be read: No such file or directory"));
  EXPECT_THAT(outcome.err, HasSubstr(bad.string() + ":1:"));
  EXPECT_THAT(outcome.out, HasSubstr("model MINE1"));
}

TEST_F(SchemaCheck, BuiltInModelsThatNoLongerWorkAreErrors) {
  const auto path = folder_.write("grid.toml",
                                  "id = 1300\nname = \"grid\"\npoll = \"grid\"\nevidence = \"inferred\"\n"
                                  "fields = [{ name = \"hertz\", register = 1300, type = \"u16\" }]\n");
  const auto outcome = run_program({"schema", "check", path.string()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("elite200v2.toml:"));
  EXPECT_THAT(outcome.err, HasSubstr("block 1300 has no field 'frequency'"));
}

TEST_F(SchemaCheck, TwoFilesMayNotDefineTheSameBlock) {
  folder_.write("a.toml", std::string(kHead) + R"(fields = [{ name = "power", register = 65000, type = "u16" }])");
  folder_.write("b.toml", std::string(kHead) + R"(fields = [{ name = "power", register = 65000, type = "u16" }])");
  const auto outcome = run_program({"schema", "check", folder_.path().string()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("block 65000 is already in"));
}

TEST_F(SchemaCheck, WarnsOfFieldsNoReadReaches) {
  folder_.write("mine.toml", std::string(kHead) + "registers = 2\nfields = [\n" +
                                 "  { name = \"near\", register = 65001, type = \"u16\" },\n" +
                                 "  { name = \"far\", register = 65002, type = \"u16\" },\n]\n");
  const auto outcome = run_program({"schema", "check", name()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, name() +
                             ":8:3: warning: 'far' lies at register 65002, and nobody asks for more than 2 registers "
                             "from 65000\n");
}

TEST_F(SchemaCheck, AModelThatReadsFurtherReachesMore) {
  folder_.write("mine.toml", std::string(kHead) + "registers = 2\nfields = [\n" +
                                 "  { name = \"far\", register = 65002, type = \"u16\" },\n]\n");
  folder_.write("model.toml",
                "name = \"MINE1\"\nextends = \"v2\"\nevidence = \"inferred\"\nblocks = [65000]\n"
                "registers = { 65000 = 3 }\n");
  EXPECT_THAT(run_program({"schema", "check", folder_.path().string()}).err, IsEmpty());
}

TEST_F(SchemaCheck, WarnsOfCodesThatCannotOccur) {
  EXPECT_EQ(warning(R"(  { name = "mode", register = 65000, type = "enum", base = "u8", options = { 256 = "far" } },)"),
            "'mode': option 256 does not fit into its bits\n");
  EXPECT_EQ(warning(R"(  { name = "mode", register = 65000, type = "enum", bits = [4, 5], options = { 4 = "far" } },)"),
            "'mode': option 4 does not fit into its bits\n");
  EXPECT_EQ(warning(R"(  { name = "mode", register = 65000, type = "enum", bits = [4, 5], options = { 3 = "on" } },)"),
            "");
  EXPECT_EQ(warning(R"(  { name = "on", register = 65000, type = "bool", base = "u8", on = [257] },)"),
            "'on': code for on 257 does not fit into its bits\n");
  EXPECT_EQ(warning(R"(  { name = "mode", register = 65000, type = "enum", absent = [7], options = { 7 = "off" } },)"),
            "'mode': option 7 is never seen, for that code is 'absent'\n");
}

TEST_F(SchemaCheck, WarnsOfWhatTheSimulatorCannotMake) {
  EXPECT_EQ(warning(R"(  { name = "soc", register = 65000, type = "u16", unit = "%", simulate = "sok" },)"),
            "'soc': the simulator knows no 'sok'; did you mean 'soc'?\n");
  EXPECT_EQ(warning(R"(  { name = "soc", register = 65000, type = "u16", unit = "W", simulate = "soc" },)"),
            "'soc': soc is simulated in %, which makes no W\n");
  EXPECT_EQ(warning(R"(  { name = "soc", register = 65000, type = "u8", simulate = 300 },)"),
            "'soc': the simulated number does not fit\n");
  EXPECT_EQ(warning(R"(  { name = "soc", register = 65000, type = "u8", unit = "%", simulate = "soc" },)"), "");
}

TEST_F(SchemaCheck, AsJson) {
  folder_.write("a.toml", "name = \"MINE1\"\nextends = \"nobody\"\nevidence = \"inferred\"\n");
  folder_.write("mine.toml", std::string(kHead) + "fields = [\n" +
                                 "  { name = \"soc\", register = 65000, type = \"u8\", simulate = 300 },\n]\n");
  const auto outcome = run_program({"schema", "check", "--json", folder_.path().string()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, IsEmpty());
  const json document = json::parse(outcome.out);
  EXPECT_EQ(document.at("blocks").at(0).at("id"), 65000);
  EXPECT_EQ(document.at("blocks").at(0).at("fields"), 1);
  EXPECT_THAT(document.at("models"), IsEmpty());
  EXPECT_EQ(document.at("errors").at(0).at("line"), 2);
  EXPECT_EQ(document.at("warnings").at(0).at("column"), 3);
  EXPECT_EQ(document.at("warnings").at(0).at("file"), name());
}

// Block 10 is known further than stations are asked: nobody has seen them answer a longer read.
TEST_F(SchemaCheck, FindsNothingElseInTheBuiltInFiles) {
  const auto outcome = run_program({"schema", "check", "--json", SOURCE_ROOT "/schemas"});
  EXPECT_EQ(outcome.code, 0);
  const json document = json::parse(outcome.out);
  EXPECT_GT(document.at("blocks").size(), 50U);
  EXPECT_THAT(document.at("errors"), IsEmpty());
  for (const json& warning : document.at("warnings")) {
    EXPECT_THAT(warning.at("message").get<std::string>(), HasSubstr("nobody asks for more than 40 registers from 10"))
        << warning;
  }
}

// Block 1300 of an AP300: frequency, power, something unknown in 1308 and in the upper half of 1312, one phase.
const std::vector<std::string> kGrid{"schema",
                                     "coverage",
                                     "--block",
                                     "1300",
                                     "--model",
                                     "AP300",
                                     "01f4 0000 ff88 0000 0000 0000 0000 0000 00fa 0000 0000 0000 4001 ff88 08fd"};

TEST(SchemaCoverage, ShowsWhatNoFieldReads) {
  const auto outcome = run_program(kGrid);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Block 1300 (grid)\nRegisters  Offset  Bytes"));
  EXPECT_THAT(outcome.out, HasSubstr("\n1300            0  01f4"));
  EXPECT_THAT(outcome.out, testing::ContainsRegex("\n1308 +16  00fa +- +<- not zero\n"));
  EXPECT_THAT(outcome.out, testing::ContainsRegex("\n1312 +24  40 +- +<- not zero\n"));
  EXPECT_THAT(outcome.out, testing::ContainsRegex("\n1314 +28  08fd +grid_phase/1/voltage\n"));
  EXPECT_THAT(outcome.out, testing::EndsWith("\n19 of 30 bytes claimed, 2 unclaimed and not zero\n"));
}

TEST(SchemaCoverage, AsJson) {
  auto arguments = kGrid;
  arguments.emplace_back("--json");
  const json document = json::parse(run_program(arguments).out);
  EXPECT_EQ(document.at("block"), 1300);
  EXPECT_EQ(document.at("bytes"), 30);
  EXPECT_EQ(document.at("claimed"), 19);
  EXPECT_EQ(document.at("unclaimed_not_zero"), 2);
  const json& first = document.at("ranges").at(0);
  EXPECT_EQ(first, json({{"register", 1300},
                         {"offset", 0},
                         {"hex", "01f4"},
                         {"fields", json::array({"grid_frequency"})},
                         {"zero", false}}));
}

TEST(SchemaCoverage, DoesNotShowSecrets) {
  const test::TemporaryFolder folder;
  folder.write("mine.toml", std::string(kHead) + "fields = [\n" +
                                "{ name = \"key\", register = 65000, type = \"u32\", secret = true }]\n");
  const auto outcome =
      run_program({"schema", "coverage", "--block", "65000", "--schemas", folder.path().string(), "abcd ef01 2345"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("**** ****"));
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("abcd")));
  EXPECT_THAT(outcome.out, HasSubstr("2345"));
}

struct SchemaMisuse {
  std::vector<std::string> arguments;
  std::string message;
};

TEST(Schema, MisuseIsTold) {
  const SchemaMisuse misuses[] = {
      {{"schema", "chek", "x"}, "error: unknown command 'chek'; did you mean 'check'?"},
      {{"schema", "check"}, "error: FILE is required"},
      {{"schema", "check", "--jso", "x"}, "error: unknown option '--jso'; did you mean '--json'?"},
      {{"schema", "coverage", "00"}, "error: --block is required"},
      {{"schema", "coverage", "--block", "1300", "0"}, "error: odd number of hexadecimal digits"},
      {{"list", "models", "--json", "--markdown"}, "error: --json excludes --markdown"},
  };
  for (const auto& [arguments, message] : misuses) {
    const auto outcome = run_program(arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err.substr(0, outcome.err.find('\n')), message);
  }
}

TEST(Schema, WithoutACommandShowsTheCommands) {
  const auto outcome = run_program({"schema"});
  EXPECT_EQ(outcome.code, 2);
  for (const char* command : {"check", "coverage"}) EXPECT_THAT(outcome.err, HasSubstr(command));
}

TEST(Schema, CommandsHelpWithExamples) {
  for (const char* command : {"check", "coverage"}) {
    const auto outcome = run_program({"schema", command, "--help"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, HasSubstr("Examples:\n  bluetti-gateway schema " + std::string(command)));
  }
}

}  // namespace
}  // namespace bluetti::gateway::cli
