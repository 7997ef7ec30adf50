// SPDX-License-Identifier: MIT
// [[sink]] and the counters of stations with the real binary.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using ::testing::HasSubstr;

using SinkWorld = World;

TEST_F(SinkWorld, WritesEveryChangeAndIsNotHeldUpByASinkThatCannotWrite) {
  start_simulator();
  const std::filesystem::path file = dir.path() / "changes.jsonl";
  start_gateway({.local = "counters = true\n",
                 .extra = "[[sink]]\ntype = \"jsonl\"\nfile = \"nowhere/changes.jsonl\"\n"
                          "[[sink]]\ntype = \"jsonl\"\nfile = \"changes.jsonl\"\n"});
  ASSERT_TRUE(reads("bluetti/living_room/availability", "online")) << gateway->output();
  const auto content = [&] {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  };
  EXPECT_TRUE(eventually([&] { return content().find(R"("path":"grid_frequency","value":)") != std::string::npos; }));
  EXPECT_THAT(content(), HasSubstr(R"("station":"living_room")"));
  EXPECT_TRUE(reads_something("bluetti/bridge/station/living_room/counters"));
  EXPECT_THAT(watcher.latest("bluetti/bridge/station/living_room/counters"), HasSubstr(R"("requests":)"));
}

TEST_F(SinkWorld, AReloadBringsNewSinksAndEndsThoseThatAreGone) {
  start_simulator();
  start_gateway({.extra = "[[sink]]\ntype = \"jsonl\"\nfile = \"first.jsonl\"\n"
                          "[[sink]]\ntype = \"jsonl\"\nfile = \"kept.jsonl\"\n"});
  const auto size = [&](const char* name) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(dir.path() / name, error);
    return error ? 0 : bytes;
  };
  ASSERT_TRUE(eventually([&] { return size("first.jsonl") > 0 && size("kept.jsonl") > 0; })) << gateway->output();
  write_config({.extra = "[[sink]]\ntype = \"jsonl\"\nfile = \"second.jsonl\"\n"
                         "[[sink]]\ntype = \"jsonl\"\nfile = \"kept.jsonl\"\n"});
  gateway->signal(SIGHUP);
  ASSERT_TRUE(gateway->says("sink.1.file: ")) << gateway->output();
  EXPECT_TRUE(eventually([&] { return size("second.jsonl") > 0; })) << gateway->output();
  const auto ended = size("first.jsonl");
  const auto kept = size("kept.jsonl");
  EXPECT_TRUE(eventually([&] { return size("kept.jsonl") > kept; }));
  EXPECT_EQ(size("first.jsonl"), ended);
  EXPECT_EQ(gateway->output().find("from the next start on"), std::string::npos);
}

}  // namespace
}  // namespace bluetti::test
