// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "gateway/cli/completion_file.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/config_fixture.h"

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

TEST(CommandLine, HelpWithoutACommandIsThatOfTheProgram) {
  EXPECT_EQ(run_program({"help"}).out, run_program({"--help"}).out);
}

TEST(CommandLine, NoHelpIsWiderThanHundredColumns) {
  auto pages = commands();
  pages.insert(pages.end(), {"", "list models", "find", "set", "undo", "energy-dashboard", "help", "version"});
  for (const std::string& page : pages) {
    std::vector<std::string> words;
    std::istringstream stream(page);
    for (std::string word; stream >> word;) words.push_back(word);
    words.emplace_back("--help");
    std::istringstream help(run_program(words).out);
    for (std::string line; std::getline(help, line);) EXPECT_LE(line.size(), 100U) << page << ": " << line;
  }
}

TEST(CommandLine, CompletionInstallsItselfWhereTheShellLooks) {
  const test::TemporaryFolder folder;
  const auto variable = [&](const char* shell) {
    return test::environment_of({{"HOME", "/home/me"}, {"SHELL", shell}});
  };
  using gateway::cli::completion_file;
  const auto user = variable("/bin/bash");
  EXPECT_EQ(completion_file("bash", false, user).path,
            "/home/me/.local/share/bash-completion/completions/bluetti-gateway");
  EXPECT_EQ(completion_file("fish", false, user).path, "/home/me/.config/fish/completions/bluetti-gateway.fish");
  EXPECT_EQ(completion_file("zsh", false, user).path, "/home/me/.zfunc/_bluetti-gateway");
  EXPECT_THAT(completion_file("zsh", false, user).also, HasSubstr("fpath"));
  EXPECT_EQ(completion_file("bash", true, user).path, "/usr/local/share/bash-completion/completions/bluetti-gateway");
  EXPECT_EQ(completion_file("fish", false, test::environment_of({})).path, "");
  EXPECT_EQ(gateway::cli::users_shell(user), "bash");
  EXPECT_EQ(gateway::cli::users_shell(variable("/bin/dash")), "");
  if (geteuid() == 0) return;
  const test::ScopedVariable data("XDG_DATA_HOME", folder.path().string());
  const auto outcome = run_program({"completion", "bash", "--install"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "bash-completion/completions/bluetti-gateway"));
}

TEST(CommandLine, CompletionSaysWhichShellsThereAre) {
  for (const char* shell : {"/bin/tcsh", ""}) {
    const test::ScopedVariable variable("SHELL", shell);
    const auto outcome = run_program({"completion", "--install"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr(*shell ? "no completion for /bin/tcsh" : "SHELL is not set"));
    EXPECT_THAT(outcome.err,
                HasSubstr("name one of bash, zsh, fish, as in 'bluetti-gateway completion bash --install'"));
  }
}

TEST(CommandLine, HelpTakesWhatBelongsToACommandForItsPage) {
  EXPECT_EQ(run_program({"help", "list", "models"}).out, run_program({"list", "--help"}).out);
  EXPECT_EQ(run_program({"help", "schema", "chek"}).code, 2);
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
