// SPDX-License-Identifier: MIT
// The manual page and the completion scripts, as the programs that read them take them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>

#include "tests/cli/cli_fixture.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using test::run_program;
using testing::HasSubstr;

struct Shelled {
  int code = -1;
  std::string output;
};

Shelled shell(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  Shelled result;
  std::array<char, 4096> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.output.append(buffer.data(), size);
  }
  result.code = pclose(pipe);
  return result;
}

bool has(const std::string& program) {
  return shell("command -v " + program).code == 0;
}

// Which words bash offers behind what was typed.
std::string offered(const std::string& typed) {
  const test::TemporaryFolder folder;
  const auto script = folder.write("completion", run_program({"completion", "bash"}).out);
  const auto asking = folder.write("asking", R"(
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_bluetti_gateway
printf '%s ' "${COMPREPLY[@]}"
)");
  return shell("bash " + asking.string() + " " + script.string() + " bluetti-gateway " + typed).output;
}

TEST(Completion, OffersCommandsAndTheirOptions) {
  if (!has("bash")) GTEST_SKIP() << "no bash here";
  EXPECT_EQ(offered("che"), "check ");
  EXPECT_EQ(offered("sch"), "schema ");
  EXPECT_EQ(offered("schema c"), "check coverage ");
  EXPECT_EQ(offered("run --o"), "--once ");
  EXPECT_EQ(offered("schema coverage --b"), "--block ");
}

TEST(Completion, OffersTheValuesOfAnOption) {
  if (!has("bash")) GTEST_SKIP() << "no bash here";
  EXPECT_EQ(offered("run --log-level ''"), "trace debug info warning error ");
  EXPECT_EQ(offered("list bl"), "blocks ");
  EXPECT_EQ(offered("completion f"), "fish ");
  const test::TemporaryFolder folder;
  const std::string file = folder.write("gateway.toml", "").string();
  EXPECT_EQ(offered("check --config " + folder.path().string() + "/gat"), file + " ");
}

TEST(Completion, KnowsEveryCommandInEveryShell) {
  for (const char* name : {"bash", "zsh", "fish"}) {
    const auto script = run_program({"completion", name});
    EXPECT_EQ(script.code, 0);
    for (const char* word : {"simulate", "coverage", "push-interval", "log-level"}) {
      EXPECT_THAT(script.out, HasSubstr(word)) << name;
    }
    if (!has(name)) continue;
    const test::TemporaryFolder folder;
    const Shelled checked = shell(std::string(name) + " -n " + folder.write("script", script.out).string());
    EXPECT_EQ(checked.code, 0) << name << ": " << checked.output;
  }
}

TEST(ManualPage, TellsEveryCommandItsOptionsAndVariables) {
  const auto page = run_program({"man"});
  EXPECT_EQ(page.code, 0);
  for (const char* text : {".TH BLUETTI\\-GATEWAY 1", ".SS schema coverage", "\\fB\\-\\-push\\-interval\\fR",
                           "\\fBBLUETTI_CERT_PASSWORD\\fR", ".SH EXIT STATUS"}) {
    EXPECT_THAT(page.out, HasSubstr(text));
  }
}

TEST(ManualPage, IsTakenByGroffWithoutAWarning) {
  if (!has("groff")) GTEST_SKIP() << "no groff here";
  const test::TemporaryFolder folder;
  const auto page = folder.write("page.1", run_program({"man"}).out);
  const Shelled warnings = shell("groff -man -Tascii -ww -b -z " + page.string());
  EXPECT_EQ(warnings.code, 0);
  EXPECT_EQ(warnings.output, "");
}

}  // namespace
}  // namespace bluetti::gateway::cli
