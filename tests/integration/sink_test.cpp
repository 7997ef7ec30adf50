// SPDX-License-Identifier: MIT
// [[sink]] and the counters of stations with the real binary.
#include <gmock/gmock.h>

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

}  // namespace
}  // namespace bluetti::test
