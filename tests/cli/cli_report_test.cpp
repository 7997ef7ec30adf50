// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "gateway/base/read_file.h"
#include "gateway/cli/tar_gz.h"
#include "gateway/state/state_json.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using test::Outcome;
using test::run_program;
using testing::HasSubstr;

// All that must not get out. None is part of another text of the configuration.
const std::vector<std::string> kPlanted{"swordfish",      "correct horse",  "me@example.com",  "2345000000001",
                                        "a1b2c3d4app",    "e5f6a7b8shared", "Grandma's room",  "tok-0123456789",
                                        "user-777",       "inthefile",      "fromenvironment", "hunter2comment",
                                        "other@mail.org", "98765432109876"};

constexpr std::string_view kConfig = R"(# hunter2comment
[local]
username = "me@example.com"
password = "swordfish"

[[account]]
id = "home"
email = "me@example.com"
password_file = "password"
app_key = "a1b2c3d4app"
totp_shared_key = "${SHARED:-e5f6a7b8shared}"

[[account]]
id = "work"
certificate = "work.pfx"
certificate_password = "correct horse"
username = "${PLANTED}"

[[station]]
id = "living_room"
name = "Grandma's room"
serial = "2345000000001"
model = "AP300"
account = "home"
)";

class Reported : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("gateway.toml", kConfig);
    folder.write("password", "inthefile\n");
    State state{.installation = "0123456789abcdef"};
    state.accounts["home"].sign_in.token = Secret("tok-0123456789");
    state.accounts["home"].sign_in.user = "user-777";
    state.stations["2345000000001"].id = "living_room";
    state.stations["2345000000001"].counters["pv_energy"] = 895.5;
    folder.write("gateway.state.json", state_to_json(state));
    folder.write("log.txt",
                 "[local] connected as me@example.com\n[cloud home] user-777 at other@mail.org has 98765432109876\n"
                 "[living_room] online swordfish tok-0123456789 eyJhbGciOiJIUzI1NiJ9eyJzdWIiOjF9\n");
  }

  Outcome report(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {"report", "--config", (folder.path() / "gateway.toml").string(), "--log",
                                         (folder.path() / "log.txt").string(), "--output", archive.string()});
    return run_program(arguments);
  }

  // Names and contents, as tar unpacks them.
  [[nodiscard]] std::string unpacked() const {
    std::string all;
    for (const char* how : {"tar -tzf ", "tar -xzOf "}) {
      std::FILE* pipe = popen((how + archive.string() + " 2>&1").c_str(), "r");
      std::array<char, 4096> buffer;
      while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
        all.append(buffer.data(), size);
      EXPECT_EQ(pclose(pipe), 0);
    }
    return all;
  }

  test::TemporaryFolder folder;
  const std::filesystem::path archive = folder.path() / "report.tar.gz";
  const test::ScopedVariable planted{"PLANTED", "fromenvironment"};
};

TEST_F(Reported, HoldsWhatABugReportNeeds) {
  const Outcome outcome = report();
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const std::string content = unpacked();
  for (const char* text :
       {"versions.txt", "config.toml", "plan.json", "state.json", "log.txt", "openssl 3.", "model = \"AP300\"",
        "\"pv_energy\": 895.5", "[living_room] online", "bluetti/living_room"}) {
    EXPECT_THAT(content, HasSubstr(text));
  }
}

TEST_F(Reported, HoldsNothingPrivate) {
  ASSERT_EQ(report().code, 0);
  const std::string content = unpacked();
  for (const std::string& secret : kPlanted) EXPECT_EQ(content.find(secret), std::string::npos) << secret;
  EXPECT_EQ(content.find("eyJhbGciOiJIUzI1NiJ9"), std::string::npos) << "what looks like a token is one";
}

TEST_F(Reported, OfAConfigurationThatIsRefusedHoldsNothingPrivateEither) {
  folder.write("gateway.toml", std::string(kConfig) + "passwrd = \"moreover\"\nserialno = 9876543\n");
  ASSERT_EQ(report().code, 0);
  const std::string content = unpacked();
  for (const std::string& secret : kPlanted) EXPECT_EQ(content.find(secret), std::string::npos) << secret;
  for (const char* secret : {"moreover", "9876543"}) EXPECT_EQ(content.find(secret), std::string::npos) << secret;
  EXPECT_THAT(content, HasSubstr("unknown key"));
}

TEST_F(Reported, IsListedBeforeItIsWritten) {
  const Outcome outcome = report({"--dry-run"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("bluetti-gateway-report/config.toml"));
  EXPECT_FALSE(std::filesystem::exists(archive));
}

TEST_F(Reported, IsForItsOwnerAndReplacesNothing) {
  ASSERT_EQ(report().code, 0);
  EXPECT_FALSE(others_can_read(archive));
  EXPECT_EQ(report().code, 2);
  EXPECT_EQ(report({"--force"}).code, 0);
}

TEST(TarGz, IsUnpackedByTar) {
  const test::TemporaryFolder folder;
  const std::string long_text(100'000, 'x');
  const std::vector<ArchivedText> texts{
      {"a/empty", "", ""}, {"a/full", "", long_text + "\n"}, {"a/record", "", std::string(512, 'y')}};
  const auto file = folder.write("a.tar.gz", tar_gz(texts, 1'790'000'000));
  ASSERT_EQ(std::system(("tar -C " + folder.path().string() + " -xzf " + file.string()).c_str()), 0);
  for (const ArchivedText& text : texts) {
    EXPECT_EQ(std::get<std::string>(read_file(folder.path() / text.name)), text.content);
  }
}

}  // namespace
}  // namespace bluetti::gateway::cli
