// SPDX-License-Identifier: MIT
#include "gateway/daemon/private_process.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

#include "gateway/base/private_file.h"
#include "gateway/base/read_file.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kUser = 10001;

class GiveUpRoot : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root has it to give up";
    chmod(folder.path().c_str(), 0755);
    fs::create_directory(data);
    options = folder.write("options.json", "{}");
  }

  // In a process of its own, for there is no way back.
  [[nodiscard]] bool holds(const char* run_as, const std::function<bool()>& condition) const {
    const pid_t child = fork();
    if (child == 0) {
      setenv("BLUETTI_GATEWAY_RUN_AS", run_as, 1);
      setenv("BLUETTI_GATEWAY_CONFIG", options.c_str(), 1);
      setenv("STATE_DIRECTORY", data.c_str(), 1);
      _exit(condition() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  [[nodiscard]] static uid_t owner_of(const fs::path& file) {
    struct stat about {};
    lstat(file.c_str(), &about);
    return about.st_uid;
  }

  const test::TemporaryFolder folder;
  const fs::path data = folder.path() / "data";
  fs::path options;
};

TEST_F(GiveUpRoot, IsForGoodAndKeepsOptionsAndState) {
  EXPECT_TRUE(holds("10001:10001", [&] {
    return give_up_root().empty() && getuid() == kUser && geteuid() == kUser && getgid() == kUser &&
           getgroups(0, nullptr) == 0 && setuid(0) != 0 && seteuid(0) != 0 &&
           std::holds_alternative<std::string>(read_file(options)) && !replace_private_file(data / "state.json", "{}");
  }));
  EXPECT_EQ(owner_of(data / "state.json"), kUser);
}

TEST_F(GiveUpRoot, FollowsNoLinkOnTheWay) {
  const fs::path victim = folder.write("victim", "root:x:0:0");
  fs::create_symlink(victim, data / "link");
  fs::create_hard_link(victim, data / "second-name");
  EXPECT_TRUE(holds("10001:10001", [] { return give_up_root().empty(); }));
  EXPECT_EQ(owner_of(victim), 0U);
}

TEST_F(GiveUpRoot, RefusesWhatIsNoUserOrRootAgain) {
  for (const char* wrong : {"", "gateway", "10001", "10001:", "0:10001", "10001:0", "10001:10001x"}) {
    EXPECT_TRUE(holds(wrong, [] { return !give_up_root().empty() && geteuid() == 0; })) << wrong;
  }
}

}  // namespace
}  // namespace bluetti::gateway
