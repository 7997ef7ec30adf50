// SPDX-License-Identifier: MIT
#include "gateway/base/private_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <set>

#include "gateway/base/read_file.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct Advice {
  int error;
  std::string remedy;
};
void PrintTo(const Advice& row, std::ostream* out) {
  *out << std::generic_category().message(row.error);
}
const std::string kLetUsWrite = "let the user that the gateway runs as, uid " + std::to_string(geteuid()) +
                                ", write to the folder /var/lib/gateway";
class Remedies : public testing::TestWithParam<Advice> {};
TEST_P(Remedies, SayWhatAPersonCanDo) {
  const std::error_code error(GetParam().error, std::generic_category());
  EXPECT_EQ(remedy_for(error, "/var/lib/gateway/state.json"), GetParam().remedy);
}
INSTANTIATE_TEST_SUITE_P(
    Errors, Remedies,
    testing::Values(Advice{ENOSPC, "make room on its disk"}, Advice{EDQUOT, "make room on its disk"},
                    Advice{EACCES, kLetUsWrite}, Advice{EPERM, kLetUsWrite},
                    Advice{EROFS, "its file system is read-only; choose another place with 'file' in [state]"},
                    Advice{EBUSY, "mount the folder /var/lib/gateway, not the file alone"},
                    Advice{ENOTDIR, "/var/lib/gateway must be a folder"},
                    Advice{EEXIST, "/var/lib/gateway must be a folder"},
                    Advice{EIO, "check the folder /var/lib/gateway and its disk"}));

TEST(PrivateFile, AReadOnlyFolderIsAnError) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const test::TemporaryFolder folder;
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(replace_private_file(folder.path() / "state.json", "new"), std::errc::permission_denied);
}

// Two files of root: what only root may change, and, in a folder that anybody may write to, a link to it by "nobody".
class ForeignLink : public testing::Test {
 protected:
  static constexpr uid_t kNobody = 65534;

  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root can make what belongs to somebody else";
    victim = folder.write("victim", "root:x:0:0\n");
    fs::create_directory(sticky);
    ASSERT_EQ(chmod(sticky.c_str(), 01777), 0);
  }
  void plant(const fs::path& target, const fs::path& link) const {
    fs::create_symlink(target, link);
    ASSERT_EQ(lchown(link.c_str(), kNobody, kNobody), 0);
  }
  [[nodiscard]] std::string content_of_victim() const { return std::get<std::string>(read_file(victim)); }

  const test::TemporaryFolder folder;
  fs::path victim;
  const fs::path sticky = folder.path() / "sticky";
  const fs::path state = sticky / "gateway.state.json";
};

TEST_F(ForeignLink, InPlaceOfTheFileIsNotFollowed) {
  plant(victim, state);
  EXPECT_EQ(behind_links(state), state);
  EXPECT_EQ(replace_private_file(state, "new"), std::errc::too_many_symbolic_link_levels);
  EXPECT_EQ(content_of_victim(), "root:x:0:0\n");
}

TEST_F(ForeignLink, BehindALinkOfOurOwnIsNotFollowedEither) {
  plant(victim, state);
  fs::create_symlink(state, folder.path() / "own");
  EXPECT_EQ(replace_private_file(folder.path() / "own", "new"), std::errc::too_many_symbolic_link_levels);
  EXPECT_EQ(content_of_victim(), "root:x:0:0\n");
}

TEST_F(ForeignLink, InPlaceOfTheFolderIsNotFollowed) {
  fs::create_directory(folder.path() / "etc");
  plant(folder.path() / "etc", sticky / "data");
  EXPECT_EQ(replace_private_file(sticky / "data" / "victim", "new"), std::errc::too_many_symbolic_link_levels);
  EXPECT_TRUE(fs::is_empty(folder.path() / "etc"));
}

TEST_F(ForeignLink, InPlaceOfTheNewContentIsReplaced) {
  plant(victim, sticky / ".gateway.state.json.new");
  EXPECT_EQ(replace_private_file(state, "new"), std::error_code());
  EXPECT_EQ(std::get<std::string>(read_file(state)), "new");
  EXPECT_EQ(content_of_victim(), "root:x:0:0\n");
}

TEST_F(ForeignLink, InPlaceOfAPassingFileIsReplaced) {
  plant(victim, sticky / "health.json");
  EXPECT_EQ(replace_passing_file(sticky / "health.json", "new"), std::error_code());
  EXPECT_EQ(std::get<std::string>(read_file(sticky / "health.json")), "new");
  EXPECT_EQ(content_of_victim(), "root:x:0:0\n");
}

TEST(PrivateFile, ALinkOfOurOwnIsFollowedAndStays) {
  const test::TemporaryFolder folder;
  fs::create_symlink("real.json", folder.path() / "link.json");
  EXPECT_EQ(replace_private_file(folder.path() / "link.json", "new"), std::error_code());
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link.json"));
  EXPECT_EQ(std::get<std::string>(read_file(folder.path() / "real.json")), "new");
}

TEST(PrivateFile, ANameWithoutAFolderIsInTheWorkingDirectory) {
  const test::TemporaryFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  EXPECT_EQ(replace_private_file("state.json", "new"), std::error_code());
  EXPECT_EQ(replace_private_file("sub/state.json", "new"), std::error_code());
  fs::current_path(before);
  EXPECT_TRUE(fs::exists(folder.path() / "state.json"));
  EXPECT_TRUE(fs::exists(folder.path() / "sub" / "state.json"));
}

// Replaces `file` in a process of its own that is killed when it has entered or left `stops` system calls. False if
// it was through before.
bool killed_while_replacing(const fs::path& file, std::string_view content, int stops) {
  const pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(2);
    raise(SIGSTOP);
    _exit(replace_private_file(file, content) ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  for (int stop = 0; stop < stops && WIFSTOPPED(status); ++stop) {
    ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    waitpid(child, &status, 0);
  }
  if (WIFSTOPPED(status)) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
  }
  return WIFSIGNALED(status);
}

TEST(PrivateFile, AProcessKilledAtAnySystemCallLeavesTheOldOrTheNewContent) {
  const test::TemporaryFolder folder;
  const fs::path file = folder.path() / "state.json";
  std::set<std::string> seen;
  bool left_behind = false;
  int stops = 0;
  for (bool killed = true; killed; ++stops) {
    folder.write("state.json", "old");
    killed = killed_while_replacing(file, "new", stops);
    if (stops == 0 && !killed) GTEST_SKIP() << "no tracing of processes here";
    seen.insert(std::get<std::string>(read_file(file)));
    left_behind = left_behind || fs::exists(folder.path() / ".state.json.new");
  }
  EXPECT_THAT(seen, testing::ElementsAre("new", "old"));
  EXPECT_TRUE(left_behind);
  EXPECT_GT(stops, 10);  // two for each of open, write, sync, rename, sync at least

  EXPECT_EQ(replace_private_file(file, "newest"), std::error_code());
  EXPECT_FALSE(fs::exists(folder.path() / ".state.json.new"));
}

}  // namespace
}  // namespace bluetti::gateway
