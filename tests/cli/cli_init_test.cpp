// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sstream>

#include "gateway/base/read_file.h"
#include "gateway/cli/starter.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using test::Outcome;
using test::run_program;
using testing::HasSubstr;

std::string content(const std::filesystem::path& file) {
  return std::get<std::string>(read_file(file));
}

class Init : public testing::Test {
 protected:
  Outcome init(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"init", "--config", file.string()});
    return run_program(arguments);
  }
  test::TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "gateway.toml";
};

TEST_F(Init, WritesWhatCheckTakes) {
  const Outcome written = init({"--serial", "2345000000001", "--serial", "2345000000002", "--model", "AP300",
                                "--local-url", "mqtts://broker.lan", "--local-username", "me"});
  EXPECT_EQ(written.code, 0) << written.err;
  EXPECT_FALSE(others_can_read(file));
  const Outcome checked = run_program({"check", "--verbose", "--config", file.string()});
  EXPECT_THAT(checked.err, testing::MatchesRegex("error: account home: certificate .*: there is no such file\n"));
  for (const char* text : {"mqtts://broker.lan:8883", "ap300_2", "2345000000002"})
    EXPECT_THAT(checked.out, HasSubstr(text));
}

TEST_F(Init, WritesAStationOfTheLocalNetworkWithoutAnAccount) {
  const Outcome written = init({"--lan", "192.168.1.20:1502", "--serial", "Balco2602345000000001", "--lan", "[fd00::2]",
                                "--serial", "2345000000002"});
  EXPECT_EQ(written.code, 0) << written.err;
  EXPECT_THAT(content(file), HasSubstr("via = [\"lan\"]"));
  EXPECT_THAT(content(file), HasSubstr("lan = { host = \"192.168.1.20\", port = 1502 }"));
  EXPECT_THAT(content(file), HasSubstr("lan = { host = \"fd00::2\" }"));
  EXPECT_THAT(content(file), testing::Not(HasSubstr("[[account]]")));
  const Outcome checked = run_program({"check", "--config", file.string()});
  EXPECT_EQ(checked.code, 0) << checked.err;
}

TEST_F(Init, OfTheLocalNetworkNeedsASerialNumberForEachPlace) {
  const Outcome alone = init({"--lan", "192.168.1.20"});
  EXPECT_EQ(alone.code, 2);
  EXPECT_THAT(alone.err, HasSubstr("'bluetti-gateway find 192.168.1.20' prints"));
  EXPECT_EQ(init({"--lan", "http://x", "--serial", "1"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Init, SaysWhatIsWrongWithoutAPlaceInAFileThatIsNotThere) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--serial", "1", "--serial", "1"},
        std::vector<std::string>{"--serial", "1", "--local-url", "mqtts://broker.lan", "--certificate", "${NONE}"}}) {
    const Outcome outcome = init(arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, testing::Not(HasSubstr(file.string())));
    EXPECT_THAT(outcome.err, testing::Not(HasSubstr("line ")));
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Init, NeverWritesOverAFileUnlessForced) {
  folder.write("gateway.toml", "precious");
  EXPECT_EQ(init({"--serial", "1"}).code, 2);
  EXPECT_EQ(content(file), "precious");
  EXPECT_EQ(init({"--serial", "1", "--force"}).code, 0);
  EXPECT_THAT(content(file), HasSubstr("serial = \"1\""));
}

TEST_F(Init, WritesNothingWhenAnAnswerIsWrong) {
  EXPECT_EQ(init({"--serial", "AP300"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Init, LetsTheGroupOfAServicesFolderReadTheFile) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a folder to a group";
  constexpr gid_t kDaemon = 1;
  ASSERT_EQ(chown(folder.path().c_str(), 0, kDaemon), 0);
  ASSERT_EQ(chmod(folder.path().c_str(), 0750), 0);
  const Outcome written = init({"--serial", "2345000000001"});
  EXPECT_THAT(written.out, HasSubstr("which the group daemon can read"));
  struct stat about {};
  ASSERT_EQ(stat(file.c_str(), &about), 0);
  EXPECT_EQ(about.st_gid, kDaemon);
  EXPECT_EQ(about.st_mode & 0777, 0640U);
}

TEST_F(Init, TakesALabelApartAndTheModelFromIt) {
  const Outcome written = init({"--serial", "EL100V22345000000001"});
  EXPECT_EQ(written.code, 0) << written.err;
  EXPECT_THAT(content(file), testing::AllOf(HasSubstr("model = \"EL100V2\""), HasSubstr("serial = \"2345000000001\"")));
}

TEST(Interview, TakesProposalsAndAsksAgainWhereAnAnswerIsWrong) {
  std::istringstream answers(
      "localhost\nmqtt://broker.lan\n\n\n"
      "XY3002345\n2345000000001\nLiving room\nAP30\nAP300\n"
      "\n");
  std::ostringstream questions;
  const auto starter = ask_for_starter({}, schemas::Catalog::built_in(), answers, questions);
  ASSERT_TRUE(starter);
  EXPECT_EQ(starter->local_url, "mqtt://broker.lan");
  EXPECT_EQ(starter->certificate, "bluetti.pfx");
  ASSERT_EQ(starter->stations.size(), 1U);
  EXPECT_EQ(starter->stations.front().model, "AP300");
  EXPECT_THAT(questions.str(), HasSubstr("'AP30' is not a known model; did you mean 'AP300'?"));
  EXPECT_THAT(starter_config(*starter), HasSubstr("id = \"living_room\""));
}

TEST(Interview, EndsWithItsAnswers) {
  std::istringstream answers("\n");
  std::ostringstream questions;
  EXPECT_FALSE(ask_for_starter({}, schemas::Catalog::built_in(), answers, questions));
}

}  // namespace
}  // namespace bluetti::gateway::cli
