// SPDX-License-Identifier: MIT
// Where values come from, and what a new configuration changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/config/config_changes.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

using test::config_of;
using test::kAccount;
using test::kStation;
using test::text;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Setting& setting(const Config& config, std::string_view name) {
  const auto found = std::ranges::find(config.settings, name, &Setting::name);
  if (found == config.settings.end()) throw std::runtime_error("no setting " + std::string(name));
  return *found;
}

TEST(Settings, TellWhereEachValueComesFrom) {
  const Config config = config_of(
      text({kAccount, kStation, "profile = \"slow\"\n[profile.slow]\nmodel = \"TEST\"\npoll = { grid = 30 }\n",
            "[defaults]\npoll = { core = 5, grid = 10 }\n"}),
      {{"BLUETTI_GATEWAY__LOCAL__URL", "mqtt://a"}, {"BLUETTI_CERT_PASSWORD", "swordfish"}});
  EXPECT_EQ(setting(config, "local.url").source(), "BLUETTI_GATEWAY__LOCAL__URL");
  EXPECT_EQ(setting(config, "local.heartbeat").source(), "built in");
  EXPECT_EQ(setting(config, "local.heartbeat").value, "300");
  EXPECT_EQ(setting(config, "account.home.certificate").source(), "/etc/bluetti/gateway.toml:4:15");
  EXPECT_EQ(setting(config, "account.home.certificate_password").source(), "BLUETTI_CERT_PASSWORD");
  EXPECT_EQ(setting(config, "station.living_room.account").source(), "built in");
  EXPECT_EQ(setting(config, "station.living_room.poll.grid").source(), "/etc/bluetti/gateway.toml:13:10");
  EXPECT_EQ(setting(config, "station.living_room.poll.grid").value, "30");
  EXPECT_EQ(setting(config, "station.living_room.poll.core").source(), "/etc/bluetti/gateway.toml:15:10");
}

TEST(Settings, NeverHoldASecret) {
  const Config config = config_of(text({"[local]\nusername = \"me\"\npassword = \"swordfish\"\n", kAccount, kStation}),
                                  {{"BLUETTI_CERT_PASSWORD", "correct horse"}});
  for (const Setting& each : config.settings) {
    EXPECT_THAT(each.value, Not(testing::AnyOf(HasSubstr("swordfish"), HasSubstr("correct horse")))) << each.name;
  }
  EXPECT_EQ(setting(config, "local.password").value, "(secret)");
}

TEST(EnvironmentOverride, ReachesTablesInsideTables) {
  const std::string file = text({kAccount, kStation});
  const Config config = config_of(file, {{"BLUETTI_GATEWAY__STATION__LIVING_ROOM__POLL__GRID", "60"},
                                         {"BLUETTI_GATEWAY__DEFAULTS__POLL__CORE", "20"},
                                         {"BLUETTI_GATEWAY__LOG__LEVELS__CLOUD", "debug"},
                                         {"BLUETTI_GATEWAY__PUBLISH__DEAD_BAND__W", "5"}});
  EXPECT_THAT(config.stations.front().poll, ElementsAre(testing::Pair(100, 20.0), testing::Pair(1300, 60.0)));
  EXPECT_EQ(config.log.levels.at("cloud"), "debug");
  EXPECT_EQ(config.publish.dead_band.at("W"), 5) << "a unit has its own capitals";
}

TEST(EnvironmentOverride, NamesTablesInArraysByIdOrIndex) {
  const std::string file = text({kAccount, kStation});
  EXPECT_EQ(config_of(file, {{"BLUETTI_GATEWAY__STATION__0__NAME", "Den"}}).stations.front().name, "Den");
  EXPECT_EQ(config_of(file, {{"BLUETTI_GATEWAY__ACCOUNT__0__ID", "work"}}).accounts.front().id, "work");
}

TEST(EnvironmentOverride, CanBeTheWholeConfiguration) {
  const Config config = config_of("", {{"BLUETTI_GATEWAY__ACCOUNT__0__ID", "home"},
                                       {"BLUETTI_GATEWAY__ACCOUNT__0__URL", "mqtt://cloud.example"},
                                       {"BLUETTI_GATEWAY__STATION__0__ID", "den"},
                                       {"BLUETTI_GATEWAY__STATION__0__SERIAL", "1001"},
                                       {"BLUETTI_GATEWAY__STATION__1__ID", "attic"},
                                       {"BLUETTI_GATEWAY__STATION__1__SERIAL", "1002"}});
  EXPECT_EQ(config.accounts.front().url.text(), "mqtt://cloud.example:1883");
  ASSERT_EQ(config.stations.size(), 2U);
  EXPECT_EQ(config.stations[1].id, "attic");
}

TEST(EnvironmentOverride, OfASecretsFileBeatsTheSecretInTheConfiguration) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("password", "from the file\n");
  const Config config = config_of(text({"[local]\nusername = \"me\"\npassword = \"written\"\n", kAccount, kStation}),
                                  {{"BLUETTI_GATEWAY__LOCAL__PASSWORD_FILE", file.string()}});
  EXPECT_EQ(config.local.password.reveal(), "from the file");
}

TEST(WrongConfig, WithoutStationsIsEnoughToSignIn) {
  const auto result = parse_config(kAccount, "gateway.toml", test::environment_of({}), schemas::Catalog::built_in(),
                                   Stations::optional);
  EXPECT_TRUE(std::holds_alternative<Config>(result));
}

ConfigChanges changes(std::string_view before, std::string_view after) {
  return changes_between(config_of(before), config_of(after));
}

TEST(ConfigChanges, AreNoneBetweenEqualConfigurations) {
  const std::string file = text({kAccount, kStation});
  const ConfigChanges none = changes(file, file);
  EXPECT_THAT(none.lines, IsEmpty());
  EXPECT_FALSE(none.local);
  EXPECT_THAT(none.accounts, IsEmpty());
}

TEST(ConfigChanges, NameEachValueBeforeAndAfter) {
  const std::string rest = text({kAccount, kStation});
  const ConfigChanges changed = changes(rest, "[local]\nheartbeat = 60\n" + rest + "name = \"Den\"\n");
  EXPECT_THAT(changed.lines, ElementsAre("local.heartbeat: 300 -> 60", "station.living_room.name: Living room -> Den"));
  EXPECT_FALSE(changed.local) << "no new connection for it";
  EXPECT_THAT(changed.accounts, IsEmpty());
}

TEST(ConfigChanges, OfTheBrokerWantAnotherConnection) {
  const std::string rest = text({kAccount, kStation});
  EXPECT_TRUE(changes(rest, "[local]\nurl = \"mqtt://b\"\n" + rest).local);
  EXPECT_TRUE(changes(rest, "[local]\nbase = \"b\"\n" + rest).local);
  EXPECT_TRUE(changes(rest, "[discovery]\nprefix = \"b\"\n" + rest).local);
}

TEST(ConfigChanges, OfTheShardWantAnotherConnection) {
  const std::string rest = text({kAccount, kStation});
  const ConfigChanges changed = changes(rest, "[gateway]\nshard = \"0/2\"\nshard_by = \"account\"\n" + rest);
  EXPECT_THAT(changed.lines, ElementsAre("gateway.shard: 0/1 -> 0/2", "gateway.shard_by: serial -> account"));
  EXPECT_TRUE(changed.local);
}

TEST(ConfigChanges, OfASecretAreToldWithoutIt) {
  const std::string rest = text({kAccount, kStation});
  const std::string login = "[local]\nusername = \"me\"\npassword = ";
  const ConfigChanges changed = changes(login + "\"one\"\n" + rest, login + "\"two\"\n" + rest);
  EXPECT_THAT(changed.lines, ElementsAre("local.password: its content changed"));
  EXPECT_TRUE(changed.local);
}

TEST(ConfigChanges, OfOneAccountLeaveTheOthersAlone) {
  const std::string two = text({kAccount, "[[account]]\nid = \"work\"\ncertificate = \"work.pfx\"\n", kStation});
  const std::string after = two + "account = \"home\"\n";
  std::string changed = after;
  changed.replace(changed.find("work.pfx"), 8, "next.pfx");
  EXPECT_THAT(changes(after, changed).accounts, ElementsAre("work"));
}

TEST(ConfigChanges, ComeAndGoAsAWhole) {
  const std::string one = text({kAccount, kStation});
  const std::string two = one + "[[station]]\nid = \"den\"\nmodel = \"TEST\"\nserial = \"1\"\n";
  EXPECT_THAT(changes(one, two).lines, ElementsAre("station.den: new"));
  EXPECT_THAT(changes(two, one).lines, ElementsAre("station.den: gone"));
}

TEST(ConfigChanges, OfFilesThatAreOpenHoldFromTheNextStartOn) {
  const std::string rest = text({kAccount, kStation});
  EXPECT_THAT(changes(rest, "[state]\nfile = \"other.json\"\n" + rest).at_restart, ElementsAre("state.file"));
}

}  // namespace
}  // namespace bluetti::gateway
