// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/read_file.h"
#include "gateway/observe/health.h"
#include "gateway/observe/health_file.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;
using test::run_program;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr TimePoint kNow{24h};

// Everything has just moved.
Health well(TimePoint now = kNow) {
  return {.seen = now - 2s,
          .local = {.connected = true, .since = now - 1h, .last_publish = now - 3s, .owes_since = {}},
          .accounts = {{.id = "home", .stations = 2, .connected = true, .since = now - 1h, .last_message = now - 4s}}};
}

std::vector<std::string> problems(const Health& health, HealthLimits limits = {}) {
  return problems_of(health, kNow, limits);
}

TEST(Health, IsGoodWhileEverythingMoves) {
  EXPECT_THAT(problems(well()), IsEmpty());
}

TEST(Health, ALoopThatStandsStillHidesTheRest) {
  Health health = well();
  health.seen = kNow - 31s;
  health.local.connected = false;
  health.local.since = kNow - 1h;
  EXPECT_THAT(problems(health), ElementsAre("the gateway has stood still, or is gone, for 31 s"));
  health.seen = kNow + 1h;  // written before the machine was restarted
  EXPECT_THAT(problems(health), ElementsAre("the gateway has not run since the machine was started"));
}

TEST(Health, OfAProcessThatWorksIsAllThatCountsWhereARestartIsTheRemedy) {
  Health health = well();
  health.local.connected = health.accounts[0].connected = false;
  health.local.since = health.accounts[0].since = kNow - 1h;
  EXPECT_THAT(problems(health, {.only_alive = true}), IsEmpty());
  health.seen = kNow - 11s;
  EXPECT_THAT(problems(health, {.only_alive = true}), testing::SizeIs(1));
}

TEST(Health, StandingStillIsNoticedAfterTenSeconds) {
  Health health = well();
  health.seen = kNow - 10s;
  EXPECT_THAT(problems(health), IsEmpty());
  health.seen = kNow - 11s;
  EXPECT_THAT(problems(health), ElementsAre("the gateway has stood still, or is gone, for 11 s"));
}

TEST(Health, ConnectionsThatDoNotLastAreAProblem) {
  Health health = well();
  health.local.since = kNow - 1s;
  health.local.unsteady_since = kNow - 60s;
  EXPECT_THAT(problems(health), IsEmpty());
  health.local.unsteady_since = kNow - 61s;
  EXPECT_THAT(problems(health),
              ElementsAre("the connection to the local broker has not lasted for 61 s: the log says why it ends"));
}

TEST(Health, SessionsThatDoNotLastBringNothingToBeWaitedFor) {
  Health health = well();
  health.accounts[0].since = kNow - 1s;
  health.accounts[0].last_message = kNow - 2h;
  health.accounts[0].unsteady_since = kNow - 900s;
  EXPECT_THAT(problems(health), IsEmpty());
  health.accounts[0].unsteady_since = kNow - 901s;
  EXPECT_THAT(problems(health), ElementsAre("account home: connected, but no station has sent anything for 901 s"));
  health.accounts[0].connected = false;
  EXPECT_THAT(problems(health), ElementsAre("account home: no connection to the cloud for 901 s"));
}

TEST(Health, StationsThatAnswerWithoutValuesAreAProblem) {
  Health health = well();
  health.accounts[0].fruitless = 1;
  EXPECT_THAT(problems(health), IsEmpty()) << "the other gives some";
  health.accounts[0].fruitless = 2;
  EXPECT_THAT(problems(health), ElementsAre("account home: the stations answer, but give no values: the log says why"));
}

TEST(Health, StationsOnTheLocalNetworkCount) {
  Health health = well();
  health.accounts.clear();
  health.lan = {.stations = 1, .fruitless = 1, .since = kNow - 20s};
  EXPECT_THAT(problems(health),
              ElementsAre("local network: the stations answer, but give no values: the log says why"));
  health.lan = {.stations = 1, .since = kNow - 900s};
  EXPECT_THAT(problems(health), IsEmpty());
  health.lan.since = kNow - 901s;
  EXPECT_THAT(problems(health), ElementsAre("local network: no station has given a value for 901 s"));
  health.lan.last_value = kNow - 30s;
  EXPECT_THAT(problems(health), IsEmpty());
  health.lan.silent = 1;
  EXPECT_THAT(problems(health), ElementsAre("local network: a station has never answered: the log says which"));
  health.lan.others = 1;
  health = std::get<Health>(health_from_json(health_to_json(health)));
  EXPECT_THAT(problems(health),
              ElementsAre("local network: another station answers in the place of one: the log says which"));
  EXPECT_EQ(health.lan.silent, 1U);
  EXPECT_EQ(health.lan.stations, 1U);
  EXPECT_EQ(health.lan.last_value, kNow - 30s);
}

TEST(Health, TheLocalBrokerMayBeAwayForAMinute) {
  Health health = well();
  health.local = {.connected = false, .since = kNow - 60s, .last_publish = {}, .owes_since = {}};
  EXPECT_THAT(problems(health), IsEmpty());
  health.local.since = kNow - 61s;
  EXPECT_THAT(problems(health), ElementsAre("no connection to the local broker for 61 s"));
}

TEST(Health, ABrokerThatTakesNothingMoreIsAProblem) {
  Health health = well();
  health.local.owes_since = kNow - 90s;
  EXPECT_THAT(problems(health), ElementsAre("the local broker has taken no more values for 90 s"));
}

TEST(Health, AnAccountMayBeAwayForAQuarterOfAnHour) {
  Health health = well();
  health.accounts[0].connected = false;
  health.accounts[0].since = kNow - 900s;
  EXPECT_THAT(problems(health), IsEmpty());
  health.accounts[0].since = kNow - 901s;
  EXPECT_THAT(problems(health), ElementsAre("account home: no connection to the cloud for 901 s"));
}

TEST(Health, AConnectionWithoutMessagesIsAProblem) {
  Health health = well();
  health.accounts[0].last_message = kNow - 901s;
  EXPECT_THAT(problems(health), ElementsAre("account home: connected, but no station has sent anything for 901 s"));
  health.accounts[0].since = kNow - 10s;  // reconnected: they get their time
  EXPECT_THAT(problems(health), IsEmpty());
  health.accounts[0] = {.id = "home", .stations = 0, .connected = true, .since = kNow - 1h, .last_message = {}};
  EXPECT_THAT(problems(health), IsEmpty()) << "nobody to send anything";
}

TEST(Health, TheCloudNeedNotCount) {
  Health health = well();
  health.accounts[0].connected = false;
  EXPECT_THAT(problems(health, {.cloud = 0s}), IsEmpty());
}

TEST(Health, FailsWhileTheBrokerDoesNotTakeATopic) {
  Health health = well();
  health.local.undelivered = 2;
  health.local.undelivered_since = kNow - 61s;
  EXPECT_THAT(problems(health), ElementsAre("the local broker does not take 2 topics, for 61 s: the log names them"));
  health.local.undelivered_since = kNow - 59s;
  EXPECT_THAT(problems(health), IsEmpty()) << "a smaller document may follow";
}

TEST(Health, FailsWhileNoGatewayAsksAStation) {
  Health health = well();
  health.shared = {.unasked = 1, .since = kNow - 61s};
  EXPECT_THAT(problems(health), ElementsAre("1 station is asked by no gateway for 61 s"));
}

TEST(Health, GoesThroughItsFileUnchanged) {
  Health health = well();
  health.shared = {.unasked = 3, .since = kNow - 5s};
  health.local.undelivered = 2;
  health.local.undelivered_since = kNow - 6s;
  health.local.unsteady_since = kNow - 8s;
  health.accounts[0].unsteady_since = kNow - 9s;
  health.accounts.push_back({.id = "other", .since = kNow - 7s, .last_message = {}});
  const std::string text = health_to_json(health);
  const auto read = health_from_json(text);
  ASSERT_TRUE(std::holds_alternative<Health>(read)) << std::get<std::string>(read);
  EXPECT_EQ(health_to_json(std::get<Health>(read)), text);
  EXPECT_EQ(std::get<Health>(read).accounts[1].last_message, std::nullopt);
  EXPECT_EQ(std::get<Health>(read).shared.unasked, 3U);
  EXPECT_EQ(std::get<Health>(read).local.undelivered, 2U);
}

TEST(Health, AnythingElseIsNoHealthFile) {
  for (const char* text : {"", "[]", "{}", R"({"seen":"now"})", "\xff"}) {
    EXPECT_THAT(std::get<std::string>(health_from_json(text)), HasSubstr("not a health file")) << text;
  }
}

TEST(HealthFile, IsReplacedAsAWholeAndGoesWithTheDaemon) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("health.json", "from a run that was killed");
  {
    HealthFile file(path);
    file.write("first");
    file.write("second");
    while (std::get<std::string>(read_file(path)) != "second") std::this_thread::yield();
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(HealthFile, DoesNotWriteThroughAForeignLink) {
  const test::TemporaryFolder folder;
  const auto foreign = folder.write("foreign", "precious");
  const auto path = folder.path() / "health.json";
  std::filesystem::create_symlink(foreign, folder.path() / ".health.json.new");
  HealthFile file(path);
  file.write("mine");
  while (!std::filesystem::exists(path)) std::this_thread::yield();
  EXPECT_EQ(std::get<std::string>(read_file(foreign)), "precious");
}

class HealthCommand : public testing::Test {
 protected:
  // As a daemon would have left it `age` ago.
  std::string file(std::chrono::seconds age) const {
    return folder.write("health.json", health_to_json(well(std::chrono::steady_clock::now() - age))).string();
  }
  test::TemporaryFolder folder;
};

TEST_F(HealthCommand, SaysWhatMovedAndWhen) {
  const auto outcome = run_program({"health", "--file", file(0s)});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            "healthy\n"
            "  local broker: connected, last publish 3 s ago\n"
            "  account home: connected, 2 stations, last message 4 s ago\n");
}

TEST_F(HealthCommand, AsOneJsonDocument) {
  const auto outcome = run_program({"health", "--json", "--file", file(0s)});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr(R"("healthy":true)"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("seconds_since_message":4)"));
}

TEST_F(HealthCommand, FailsWhenTheDaemonStandsStill) {
  const auto outcome = run_program({"health", "--file", file(60s)});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("unhealthy: the gateway has stood still, or is gone, for 62 s\n"));
}

TEST_F(HealthCommand, FailsWhenThereIsNoDaemon) {
  const auto outcome = run_program({"health", "--json", "--file", folder.path() / "none.json"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("none.json: the gateway does not run, or keeps its health file elsewhere"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("healthy":false)"));
}

TEST_F(HealthCommand, FindsTheFileByAConfigurationThatNeedNotBeRightOtherwise) {
  (void)file(0s);
  const auto config = folder.write("mine.toml", "[health]\nfile = \"health.json\"\n[local]\nurl = \"nonsense\"\n");
  EXPECT_EQ(run_program({"health", "--config", config}).code, 0);
  folder.write("mine.toml", "[health]\nfile = \"\"\n");
  EXPECT_THAT(run_program({"health", "--config", config}).out, HasSubstr("keep no health file"));
  folder.write("mine.toml", "[health]\nfiel = \"\"\n");
  EXPECT_THAT(run_program({"health", "--config", config}).err, HasSubstr("did you mean 'file'?"));
}

TEST_F(HealthCommand, ALimitIsANumberOfSeconds) {
  EXPECT_EQ(run_program({"health", "--file", file(0s), "--max-silence", "3"}).code, 1);
  EXPECT_EQ(run_program({"health", "--file", file(0s), "--max-silence", "-1"}).code, 2);
}

}  // namespace
}  // namespace bluetti::gateway
