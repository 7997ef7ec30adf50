// SPDX-License-Identifier: MIT
#include "gateway/control/audit.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gateway/control/outcome.h"
#include "tests/support/config_fixture.h"

namespace bluetti::test {
namespace {

namespace fs = std::filesystem;

class AuditTest : public testing::Test {
 protected:
  std::string content(const fs::path& of) const {
    std::ifstream stream(of);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  TemporaryFolder dir;
  fs::path file = dir.path() / "control.jsonl";
  gateway::Audit audit;
};

TEST_F(AuditTest, AddsALineForItsOwnersEyesOnly) {
  audit.use(file);
  EXPECT_TRUE(audit.add("one"));
  EXPECT_TRUE(audit.add("two"));
  EXPECT_EQ(content(file), "one\ntwo\n");
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AuditTest, BeginsAgainAfterAMegabyteAndKeepsTheOneBefore) {
  audit.use(file);
  const std::string line(99'999, 'x');
  for (int each = 0; each < 11; ++each) EXPECT_TRUE(audit.add(line));
  EXPECT_EQ(fs::file_size(file), 100'000U);
  EXPECT_EQ(fs::file_size(file.string() + ".1"), 1'000'000U);
}

TEST_F(AuditTest, FollowsNoLink) {
  const fs::path other = dir.path() / "other";
  std::ofstream(other) << "mine\n";
  fs::create_symlink(other, file);
  audit.use(file);
  EXPECT_FALSE(audit.add("one"));
  EXPECT_FALSE(audit.problem().empty());
  EXPECT_EQ(content(other), "mine\n");
}

TEST_F(AuditTest, WritesToNoFileWithASecondName) {
  const fs::path other = dir.path() / "other";
  std::ofstream(other) << "mine\n";
  fs::create_hard_link(other, file);
  audit.use(file);
  EXPECT_FALSE(audit.add("one"));
  EXPECT_EQ(content(other), "mine\n");
}

TEST_F(AuditTest, AFloodOfRefusedWishesDoesNotReplaceWhatWasDone) {
  audit.use(file);
  const gateway::TimePoint begin{std::chrono::hours(1)};
  EXPECT_TRUE(audit.add("done"));
  for (int each = 0; each < 100'000; ++each) EXPECT_TRUE(audit.add_refused(std::string(600, 'r'), begin));
  EXPECT_LT(fs::file_size(file), 100'000U);
  EXPECT_TRUE(audit.add("done too"));
  const std::string written = content(file);
  EXPECT_TRUE(written.starts_with("done\nrrr"));
  EXPECT_TRUE(written.ends_with("rrr\n{\"refused_left_out\":99900}\ndone too\n"))
      << written.substr(written.size() - 80);
  EXPECT_TRUE(audit.add_refused("early", begin + std::chrono::minutes(9)));
  EXPECT_TRUE(audit.add_refused("late", begin + std::chrono::minutes(10)));
  EXPECT_TRUE(content(file).ends_with("done too\n{\"refused_left_out\":1}\nlate\n"));
}

TEST_F(AuditTest, IsOffWithoutAFile) {
  EXPECT_TRUE(audit.add("one"));
  EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST(ControlResult, IsOneJsonObject) {
  const gateway::ControlResult result{.station = "one",
                                      .wish = {.path = "soc_low", .value = "20", .way = "topic", .id = "a"},
                                      .outcome = gateway::ControlOutcome::confirmed,
                                      .reason = {},
                                      .before = "10",
                                      .after = "20",
                                      .frame = {},
                                      .took = std::chrono::milliseconds(870)};
  EXPECT_EQ(to_json(result),
            R"({"path":"soc_low","wanted":"20","before":"10","after":"20","outcome":"confirmed","reason":"","id":"a",)"
            R"("took_ms":870})");
  EXPECT_EQ(to_audit_line(result, {}),
            R"({"time":"1970-01-01T00:00:00Z","station":"one","way":"topic","path":"soc_low","wanted":"20",)"
            R"("before":"10","after":"20","outcome":"confirmed","reason":"","id":"a","took_ms":870})");
}

}  // namespace
}  // namespace bluetti::test
