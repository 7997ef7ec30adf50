// SPDX-License-Identifier: MIT
#include "gateway/setup/configuration_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kMine = "# mine\n[http]   # the page\nlisten = \"127.0.0.1:8089\"\n";

class WriteAddition : public testing::Test {
 protected:
  void put(const std::string& text) const { std::ofstream(file) << text; }
  [[nodiscard]] static std::string content_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  [[nodiscard]] std::string write(const Proposal& proposal) const {
    const auto known = known_configuration(file, environment, catalog);
    EXPECT_TRUE(std::holds_alternative<KnownConfiguration>(known));
    return write_addition(file, addition_of(proposal, std::get<KnownConfiguration>(known)), environment, catalog);
  }
  [[nodiscard]] static unsigned mode_of(const fs::path& path) {
    struct stat about {};
    EXPECT_EQ(stat(path.c_str(), &about), 0);
    return about.st_mode & 0777U;
  }
  [[nodiscard]] static Proposal proposal() {
    Proposal made;
    made.sign_in = SignInConfig{.email = "me@example.com",
                                .password = Secret("made-up-password"),
                                .app_key = Secret("made-up-app-key"),
                                .totp_shared_key = Secret("made-up-totp")};
    made.stations = {{.serial = "2345000000001", .name = "Living room", .model = "AP300"}};
    return made;
  }

  const test::TemporaryFolder folder;
  const fs::path file = folder.path() / "gateway.toml";
  const schemas::Catalog catalog = schemas::Catalog::built_in();
  const Environment environment{.variable = [](std::string_view) { return std::nullopt; },
                                .names = [] { return std::vector<std::string>(); }};
};

TEST_F(WriteAddition, AppendsAndKeepsCommentsAndPermissions) {
  put(kMine);
  fs::permissions(file, fs::perms(0640));
  ASSERT_EQ(write(proposal()), "");
  EXPECT_THAT(content_of(file), StartsWith(std::string(kMine) + "\n[[account]]\nid = \"home\"\n"));
  EXPECT_EQ(mode_of(file), 0640U);
  for (const char* secret : {"home.password", "home.app-key", "home.totp-shared-key"}) {
    EXPECT_EQ(mode_of(folder.path() / secret), 0600U) << secret;
  }
  EXPECT_EQ(content_of(folder.path() / "home.password"), "made-up-password");
  const auto loaded = load_config(file, environment, catalog);
  ASSERT_TRUE(std::holds_alternative<Config>(loaded));
  EXPECT_EQ(std::get<Config>(loaded).accounts.front().sign_in->app_key.reveal(), "made-up-app-key");
}

TEST_F(WriteAddition, KeepsTheOwner) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may give files away";
  put(kMine);
  ASSERT_EQ(chown(file.c_str(), 65534, 65533), 0);
  ASSERT_EQ(write(proposal()), "");
  struct stat about {};
  ASSERT_EQ(stat(file.c_str(), &about), 0);
  EXPECT_EQ(about.st_uid, 65534U);
  EXPECT_EQ(about.st_gid, 65533U);
}

TEST_F(WriteAddition, ALastLineWithoutItsEndIsEnded) {
  put("[http]\nlisten = \"127.0.0.1:8089\"");
  EXPECT_EQ(write(proposal()), "");
}

TEST_F(WriteAddition, MakesTheFileIfThereIsNone) {
  ASSERT_EQ(write(proposal()), "");
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_THAT(content_of(file), StartsWith("# BLUETTI Gateway."));
}

TEST_F(WriteAddition, WhatCannotBeWrittenLeavesNothingBehind) {
  put(kMine);
  fs::create_directory(folder.path() / ".gateway.toml.new");  // in the way of the new one
  EXPECT_THAT(write(proposal()), HasSubstr("gateway.toml could not be written: File exists"));
  EXPECT_EQ(content_of(file), kMine);
  EXPECT_FALSE(fs::exists(folder.path() / "home.password"));
}

TEST_F(WriteAddition, AFileThatIsThereIsNotReplaced) {
  put(kMine);
  std::ofstream(folder.path() / "home.app-key") << "mine";
  EXPECT_THAT(write(proposal()), HasSubstr("home.app-key is there already"));
  EXPECT_EQ(content_of(folder.path() / "home.app-key"), "mine");
  EXPECT_FALSE(fs::exists(folder.path() / "home.password"));
}

TEST_F(WriteAddition, WhatWouldNotBeTakenIsNotWritten) {
  put(kMine);
  Proposal wrong = proposal();
  wrong.stations.front().serial = "no number";
  EXPECT_THAT(write(wrong), HasSubstr("the configuration would be invalid with the new tables"));
  EXPECT_EQ(content_of(file), kMine);
  EXPECT_FALSE(fs::exists(folder.path() / "home.password"));
}

TEST_F(WriteAddition, ToJsonNothingCanBeAppended) {
  EXPECT_THAT(write_addition(folder.path() / "gateway.json", addition_of(proposal(), {}), environment, catalog),
              HasSubstr("gateway.json is JSON"));
}

TEST_F(WriteAddition, AConfigurationWithErrorsIsTold) {
  put("[locl]\n");
  const auto known = known_configuration(file, environment, catalog);
  ASSERT_TRUE(std::holds_alternative<std::string>(known));
  EXPECT_THAT(std::get<std::string>(known), HasSubstr("locl"));
}

}  // namespace
}  // namespace bluetti::gateway
