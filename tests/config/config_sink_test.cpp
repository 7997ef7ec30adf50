// SPDX-License-Identifier: MIT
// [[sink]], and blocks that are off or only pushed.
#include <gmock/gmock.h>

#include "tests/support/config_fixture.h"

namespace bluetti::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string with(std::string_view more) {
  return std::string(kAccount) + std::string(kStation) + std::string(more);
}

TEST(ConfigSink, HasAFileAndDefaults) {
  const gateway::Config config = config_of(with(
      "[[sink]]\ntype = \"jsonl\"\nfile = \"a.jsonl\"\n"
      "[[sink]]\ntype = \"jsonl\"\nfile = \"/b.jsonl\"\nmax_megabytes = 2\nfiles = 3\nqueue = 7\ndrop = \"newest\"\n"));
  ASSERT_EQ(config.sinks.size(), 2U);
  EXPECT_EQ(config.sinks[0].file, "/etc/bluetti/a.jsonl");
  EXPECT_EQ(config.sinks[0].most_bytes, 10'000'000U);
  EXPECT_FALSE(config.sinks[0].drops_newest);
  EXPECT_EQ(config.sinks[1].file, "/b.jsonl");
  EXPECT_EQ(config.sinks[1].most_bytes, 2'000'000U);
  EXPECT_EQ(config.sinks[1].files, 3);
  EXPECT_EQ(config.sinks[1].queue, 7U);
  EXPECT_TRUE(config.sinks[1].drops_newest);
}

TEST(ConfigSink, ThatIsWrongIsRefused) {
  EXPECT_THAT(problems_of(with("[[sink]]\ntype = \"jsnol\"\nfile = \"a\"\n")),
              ElementsAre(HasSubstr("sink.type: 'jsnol' is not one of 'jsonl'")));
  EXPECT_THAT(problems_of(with("[[sink]]\ntype = \"jsonl\"\n")), ElementsAre(HasSubstr("sink.file: missing")));
  const std::string one = "[[sink]]\ntype = \"jsonl\"\nfile = \"a\"\n";
  EXPECT_THAT(problems_of(with(one + one)), ElementsAre(HasSubstr("another [[sink]] writes this file")));
}

TEST(ConfigPoll, ABlockMayBeOffOrOnlyPushed) {
  const auto poll_of = [](std::string_view poll) {
    return config_of(with("poll = " + std::string(poll) + "\n")).stations.front().poll;
  };
  EXPECT_GT(poll_of("{}").at(1300), 0);
  EXPECT_FALSE(poll_of("{ grid = 0 }").contains(1300));
  EXPECT_FALSE(poll_of("{ grid = \"off\" }").contains(1300));
  EXPECT_EQ(poll_of("{ grid = \"push\" }").at(1300), 0);
  EXPECT_EQ(poll_of("{ grid = \"off\", 1300 = 7 }").at(1300), 7) << "the narrower wins";
  for (const auto& [id, seconds] : poll_of("\"push\"")) EXPECT_EQ(seconds, 0) << id;
  EXPECT_THAT(problems_of(with("poll = \"never\"\n")), ElementsAre(HasSubstr("or \"push\" to ask for nothing")));
}

}  // namespace
}  // namespace bluetti::test
