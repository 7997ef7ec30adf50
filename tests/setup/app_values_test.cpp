// SPDX-License-Identifier: MIT
// The app's two values out of other integrations' files. All values here are made up.
#include "gateway/setup/app_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "made-up-app-key-0001";
constexpr const char* kTotp = "madeup123456";

class AppValuesIn : public testing::Test {
 protected:
  void put(const fs::path& name, const std::string& text) const {
    fs::create_directories((folder.path() / name).parent_path());
    std::ofstream(folder.path() / name) << text;
  }
  [[nodiscard]] static bool finds_both(const fs::path& place) {
    const auto found = app_values_in(place);
    const auto* values = std::get_if<AppValues>(&found);
    return values && values->app_key.reveal() == kKey && values->totp_shared_key.reveal() == kTotp;
  }
  [[nodiscard]] static std::string problem_of(const fs::path& place) {
    const auto found = app_values_in(place);
    const auto* problem = std::get_if<std::string>(&found);
    return problem ? *problem : "";
  }
  void put_battery_ha() const {
    put("custom_components/bluetti_cloud/const.py",
        "\"\"\"Constants.\"\"\"\n\nDOMAIN = \"bluetti_cloud\"\n\nAPP_ID = \"" + std::string(kKey) +
            "\"\nSTEP = 30  # s\n");
    put("custom_components/bluetti_cloud/api/totp.py",
        "import time\r\n\r\nSHARED_PRIVATE_KEY: str = '" + std::string(kTotp) + "'  # of the app\r\nT0 = 1\r\n");
  }

  const test::TemporaryFolder folder;
};

TEST_F(AppValuesIn, BatteryHaWhicheverFolderIsNamed) {
  put_battery_ha();
  for (const char* place :
       {"", "custom_components", "custom_components/bluetti_cloud", "custom_components/bluetti_cloud/api"}) {
    EXPECT_TRUE(finds_both(folder.path() / place)) << place;
  }
}

TEST_F(AppValuesIn, TheVenusGatewayWhicheverFolderIsNamed) {
  put("src/bluetti_venus_gateway/bluetti/auth.py", "DEFAULT_X_OS = \"ios\"\nDEFAULT_X_APP_KEY = \"" +
                                                       std::string(kKey) + "\"\nSHARED_PRIVATE_KEY = \"" + kTotp +
                                                       "\"\nclass A:\n    x_app_key: str = DEFAULT_X_APP_KEY\n");
  for (const char* place : {"", "src", "src/bluetti_venus_gateway", "src/bluetti_venus_gateway/bluetti"}) {
    EXPECT_TRUE(finds_both(folder.path() / place)) << place;
  }
}

TEST_F(AppValuesIn, AnEnvFileByItsFolderOrItself) {
  put("bluetti-gateway.env", "# secrets\nBLUETTI_EMAIL=a@example.com\nexport BLUETTI_APP_KEY=" + std::string(kKey) +
                                 "\nBLUETTI_TOTP_SHARED_KEY=\"" + kTotp + "\"\n");
  EXPECT_TRUE(finds_both(folder.path()));
  EXPECT_TRUE(finds_both(folder.path() / "bluetti-gateway.env"));
}

TEST_F(AppValuesIn, AFolderWithoutThemSaysWhatToName) {
  put("README.md", "nothing");
  EXPECT_THAT(problem_of(folder.path()), HasSubstr("neither app_key nor totp_shared_key found; name the folder"));
  EXPECT_THAT(problem_of(folder.path() / "nowhere"), HasSubstr("there is no such file or folder"));
}

TEST_F(AppValuesIn, OneOfThemIsNotEnoughAndIsNotTold) {
  put("const.py", "APP_ID = \"" + std::string(kKey) + "\"\n");
  EXPECT_THAT(problem_of(folder.path()), HasSubstr("no totp_shared_key found"));
  EXPECT_THAT(problem_of(folder.path()), Not(HasSubstr(kKey)));
}

TEST_F(AppValuesIn, WhatCannotBeAKeyIsToldWithItsPlaceAndNotItself) {
  put("const.py", "APP_ID = \"abc\"\n");
  put("totp.py", "SHARED_PRIVATE_KEY = \"wrong key\"\n");
  put(".env", "BLUETTI_APP_KEY=\nBLUETTI_TOTP_SHARED_KEY=" + std::string(129, 'k') + "\n");
  const std::string problem = problem_of(folder.path());
  EXPECT_THAT(problem, HasSubstr("neither app_key nor totp_shared_key found ("));
  EXPECT_THAT(problem, HasSubstr("/const.py: app_key as APP_ID is not taken: it has 3 characters, and a key 4 to 128"));
  EXPECT_THAT(problem, HasSubstr("/totp.py: totp_shared_key as SHARED_PRIVATE_KEY is not taken: it has characters"));
  EXPECT_THAT(problem, HasSubstr("/.env: app_key as BLUETTI_APP_KEY is not taken: it is empty"));
  EXPECT_THAT(problem, HasSubstr("/.env: totp_shared_key as BLUETTI_TOTP_SHARED_KEY is not taken: it has 129"));
  for (const char* value : {"abc", "wrong", "kkk"}) EXPECT_THAT(problem, Not(HasSubstr(value)));
}

TEST_F(AppValuesIn, AHugeFileIsNotRead) {
  put("const.py", std::string(kMostAppFileBytes, '#') + "\nAPP_ID = \"" + kKey + "\"\n");
  EXPECT_THAT(problem_of(folder.path()), HasSubstr("const.py: it is too large"));
}

TEST_F(AppValuesIn, APipeIsNotWaitedFor) {
  ASSERT_EQ(mkfifo((folder.path() / "const.py").c_str(), 0600), 0);
  EXPECT_THAT(problem_of(folder.path()), HasSubstr("const.py: it is not a regular file"));
}

TEST_F(AppValuesIn, OnesOwnSymbolicLinkIsFollowedAndAnothersIsNot) {
  put_battery_ha();
  fs::create_directory(folder.path() / "other");
  const fs::path link = folder.path() / "other/const.py";
  fs::create_symlink(folder.path() / "custom_components/bluetti_cloud/const.py", link);
  fs::create_symlink(folder.path() / "custom_components/bluetti_cloud/api/totp.py", folder.path() / "other/totp.py");
  EXPECT_TRUE(finds_both(folder.path() / "other"));
  if (geteuid() != 0) return;
  ASSERT_EQ(lchown(link.c_str(), 65534, 65534), 0);
  EXPECT_THAT(problem_of(folder.path() / "other"), HasSubstr("is a symbolic link of another user"));
}

// What is no literal is no value.
class NoValue : public testing::TestWithParam<const char*> {};
TEST_P(NoValue, IsTaken) {
  AppValues values;
  take_app_values(GetParam(), values);
  EXPECT_TRUE(values.app_key.empty());
}
INSTANTIATE_TEST_SUITE_P(Lines, NoValue,
                         testing::Values("# APP_ID = \"made-up-app-key\"", "APP_ID = OTHER + \"made-up\"",
                                         "APP_ID = \"made-up\" + OTHER", "APP_ID = f(\"made-up\")", "APP_ID = \"abc\"",
                                         "APP_ID = \"made-up", "NOT_APP_ID = \"made-up-app-key\"", "APP_ID ==", "=",
                                         "APP_ID = \"two words\"", "APP_ID = $(cat key)", "", "\n\n="));

TEST(TakeAppValues, TheFirstIsTaken) {
  AppValues values;
  take_app_values("APP_ID = \"first-value\"\nAPP_ID = \"second-value\"", values);
  EXPECT_EQ(values.app_key.reveal(), "first-value");
}

}  // namespace
}  // namespace bluetti::gateway
