// SPDX-License-Identifier: MIT
// [gateway]: which part of the stations is this gateway's.
#include <gmock/gmock.h>

#include "tests/support/config_fixture.h"

namespace bluetti::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string with_shard(std::string_view shard) {
  return "[gateway]\nshard = \"" + std::string(shard) + "\"\n" + std::string(kAccount) + std::string(kStation);
}

TEST(ConfigShard, IsOneOfOneUnlessSaid) {
  EXPECT_FALSE(config_of(std::string(kAccount) + std::string(kStation)).shard.is_one_of_several());
  EXPECT_FALSE(config_of(with_shard("")).shard.is_one_of_several());
  EXPECT_FALSE(config_of(with_shard("0/1")).shard.is_one_of_several());
}

TEST(ConfigShard, IsANumberOutOfANumber) {
  const gateway::ShardConfig shard = config_of(with_shard("2/5")).shard;
  EXPECT_EQ(shard.index, 2);
  EXPECT_EQ(shard.count, 5);
}

TEST(ConfigShard, MayBeTheNameOfAPod) {
  const Variables pod{{"POD_NAME", "bluetti-gateway-3"}, {"SHARDS", "4"}};
  EXPECT_EQ(config_of(with_shard("${POD_NAME}/${SHARDS}"), pod).shard.index, 3);
}

TEST(ConfigShard, MayCountFromOneAsSlotsOfServicesDo) {
  EXPECT_EQ(config_of(with_shard("3/3")).shard.index, 0);
}

TEST(ConfigShard, HasTopicsAClientIdAndAStateFileOfItsOwn) {
  const gateway::Config config = config_of(with_shard("2/5"));
  EXPECT_EQ(config.local.bridge, "bridge/2");
  EXPECT_EQ(config.local.client_id, "bluetti-gateway-2");
  EXPECT_EQ(config.state_file, "/etc/bluetti/gateway.state.2.json");
}

// Two processes that write one file would each undo what the other has written.
TEST(ConfigShard, WritesNoFileThatAnotherWrites) {
  const gateway::Config config = config_of("[record]\nfile = \"/var/log/cloud.jsonl\"\n" + with_shard("2/5"));
  EXPECT_EQ(config.health_file, "/etc/bluetti/gateway.health.2.json");
  EXPECT_EQ(config.record.file, "/var/log/cloud.2.jsonl");
  EXPECT_EQ(config_of("[health]\nfile = \"\"\n" + with_shard("2/5")).health_file, "") << "none is none";
}

TEST(ConfigShard, HealthFindsTheFileOfItsOwnShard) {
  const TemporaryFolder folder;
  const auto file = folder.write("gateway.toml", "[gateway]\nshard = \"${SHARD}\"\n");
  const auto found = gateway::health_file_of(file, environment_of({{"SHARD", "1/2"}}));
  ASSERT_TRUE(std::holds_alternative<std::filesystem::path>(found));
  EXPECT_EQ(std::get<std::filesystem::path>(found), folder.path() / "gateway.health.1.json");
}

TEST(ConfigShard, RefusesWhatIsNoShard) {
  for (const char* wrong : {"3", "a/3", "4/3", "1/0", "1/x", "/3"}) {
    EXPECT_THAT(problems_of(with_shard(wrong)), ElementsAre(HasSubstr("is not k/n"))) << wrong;
  }
}

}  // namespace
}  // namespace bluetti::test
