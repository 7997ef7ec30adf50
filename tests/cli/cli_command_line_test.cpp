// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/cli_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using test::run_program;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(CommandLine, WithoutACommandShowsTheCommands) {
  const auto outcome = run_program({});
  EXPECT_EQ(outcome.code, 2);
  for (const char* command : {"run", "check", "decode", "list", "simulate"})
    EXPECT_THAT(outcome.err, HasSubstr(command));
}

// Without those that only hold others.
std::vector<std::string> commands() {
  return {"run",  "check", "health", "decode", "list",   "schema check", "schema coverage", "simulate", "login",
          "scan", "raw",   "listen", "init",   "report", "man",          "completion"};
}

TEST(CommandLine, EveryCommandHelpsWithExamples) {
  for (const std::string& command : commands()) {
    std::vector<std::string> words;
    std::istringstream stream(command);
    for (std::string word; stream >> word;) words.push_back(word);
    words.emplace_back("--help");
    const auto outcome = run_program(words);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, HasSubstr("Examples:\n"));
    EXPECT_THAT(outcome.out, HasSubstr("bluetti-gateway " + command));
    EXPECT_THAT(outcome.err, IsEmpty());
  }
}

TEST(CommandLine, VersionNamesBuildAndLibraries) {
  const auto outcome = run_program({"--version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith("bluetti-gateway "));
  for (const char* library : {"build ", "paho 1.", "paho c++ 1.", "libmosquitto 2.", "openssl 3.", "zlib 1.",
                              "spdlog 1.", "fmt ", "toml++ 3.", "nlohmann/json 3.", "cpp-httplib 0.", "CLI11 2."})
    EXPECT_THAT(outcome.out, HasSubstr(library));
}

TEST(CommandLine, TheConfigurationsNameCanComeFromTheEnvironment) {
  const test::ScopedVariable variable("BLUETTI_GATEWAY_CONFIG", "/nowhere/from_environment.toml");
  EXPECT_THAT(run_program({"check"}).err, StartsWith("/nowhere/from_environment.toml: cannot be read"));
  EXPECT_THAT(run_program({"check", "--config", "/nowhere/from_option.toml"}).err,
              StartsWith("/nowhere/from_option.toml: cannot be read"));
}

TEST(CommandLine, AnEmptySerialIsNoReasonToReadTheConfigurationsStation) {
  const auto outcome = run_program({"scan", "--serial", "", "--model", "AP300", "--config", "not-there.toml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--serial: '' is not a number"));
}

}  // namespace
}  // namespace bluetti::gateway::cli
