// SPDX-License-Identifier: MIT
// What a configuration without faults comes to.
#include "gateway/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

using test::config_of;
using test::kAccount;
using test::kStation;
using test::text;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Config, OneAccountAndOneStationAreEnough) {
  const Config config = config_of(text({kAccount, kStation}));
  EXPECT_EQ(config.local.url.text(), "mqtt://127.0.0.1:1883");
  EXPECT_EQ(config.local.base, "bluetti");
  EXPECT_EQ(config.local.heartbeat, std::chrono::seconds(300));
  EXPECT_FALSE(config.local.json_state);
  EXPECT_TRUE(config.discovery.enabled);
  EXPECT_EQ(config.discovery.birth_topic, "homeassistant/status");
  EXPECT_EQ(config.log.level, "info");
  EXPECT_THAT(config.warnings, IsEmpty());

  ASSERT_EQ(config.stations.size(), 1U);
  const StationConfig& station = config.stations.front();
  EXPECT_EQ(station.name, "Living room") << "made from the id";
  EXPECT_EQ(station.account, "home") << "the only one";
  EXPECT_EQ(station.cloud_model, "TEST") << "the model's";
  EXPECT_THAT(station.poll, ElementsAre(Pair(100, 5.0), Pair(1300, 10.0))) << "the model's";
}

TEST(Config, OverMqtt5StatesExpireAfterAnHourUnlessSaidOtherwise) {
  const auto local = [](std::string_view keys) {
    return config_of(text({"[local]\n", keys, "\n", kAccount, kStation})).local;
  };
  EXPECT_EQ(local("").protocol, MqttProtocol::v3_1_1);
  EXPECT_EQ(local("").message_expiry.count(), 0);
  EXPECT_EQ(local("protocol = \"5\"").protocol, MqttProtocol::v5);
  EXPECT_TRUE(local("protocol = \"5\"").expires_by_interval);
  EXPECT_FALSE(local("protocol = \"5\"\nmessage_expiry = 900").expires_by_interval);
  EXPECT_EQ(local("protocol = \"5\"\nheartbeat = 20\nmessage_expiry = 60").message_expiry, std::chrono::minutes(1));
  EXPECT_EQ(local("protocol = \"5\"\nheartbeat = 0\nmessage_expiry = 0").message_expiry.count(), 0);
}

TEST(Config, EveryKeyOfTheLocalBrokerIsRead) {
  const Config config = config_of(text({R"([local]
url = "mqtts://broker.lan"
base = "home/bluetti"
username = "gateway"
password = "swordfish"
client_id = "gw-1"
ca = "ca.pem"
certificate = "/keys/client.pem"
key = "client.key"
verify = "chain"
security_level = 0
json_state = true
heartbeat = 0
qos = 1
protocol = "5"
message_expiry = 0
[discovery]
enabled = false
prefix = "ha"
birth_topic = "ha/birth"
birth_payload = "up"
[log]
level = "debug"
format = "json"
)",
                                        kAccount, kStation}));
  const LocalConfig& local = config.local;
  EXPECT_EQ(local.url.text(), "mqtts://broker.lan:8883");
  EXPECT_EQ(local.base, "home/bluetti");
  EXPECT_EQ(local.username, "gateway");
  EXPECT_EQ(local.password.reveal(), "swordfish");
  EXPECT_EQ(local.client_id, "gw-1");
  EXPECT_EQ(local.tls.authorities, "/etc/bluetti/ca.pem") << "relative to the file";
  EXPECT_EQ(local.certificate, "/keys/client.pem") << "absolute paths stay";
  EXPECT_EQ(local.key, "/etc/bluetti/client.key");
  EXPECT_EQ(local.tls.verify, Verify::chain);
  EXPECT_EQ(local.tls.security_level, 0);
  EXPECT_TRUE(local.json_state);
  EXPECT_EQ(local.heartbeat, std::chrono::seconds(0));
  EXPECT_EQ(local.qos, 1);
  EXPECT_FALSE(config.discovery.enabled);
  EXPECT_EQ(config.discovery.prefix, "ha");
  EXPECT_EQ(config.discovery.birth_topic, "ha/birth");
  EXPECT_EQ(config.discovery.birth_payload, "up");
  EXPECT_EQ(config.log.level, "debug");
  EXPECT_EQ(config.log.format, LogFormat::json);
}

TEST(Config, EveryKeyOfAnAccountIsRead) {
  const Config config = config_of(text({R"([[account]]
id = "home"
url = "mqtts://cloud.example"
certificate = "home.pfx"
certificate_password = ""
username = "tid"
password = "rmt"
client_id = "me"
ca = "cloud.pem"
verify = "none"
security_level = 5
answer_timeout = 9
)",
                                        kStation}));
  const AccountConfig& account = config.accounts.front();
  EXPECT_EQ(account.url.text(), "mqtts://cloud.example:8883");
  EXPECT_EQ(account.certificate, "/etc/bluetti/home.pfx");
  EXPECT_TRUE(account.has_certificate_password) << "an empty one is one";
  EXPECT_EQ(account.username, "tid");
  EXPECT_EQ(account.password.reveal(), "rmt");
  EXPECT_EQ(account.client_id, "me");
  EXPECT_EQ(account.tls.authorities, "/etc/bluetti/cloud.pem");
  EXPECT_EQ(account.tls.verify, Verify::none);
  EXPECT_EQ(account.tls.security_level, 5);
  EXPECT_EQ(account.answer_timeout, std::chrono::seconds(9));
}

TEST(Config, AnAccountKnowsWhereTheVendorsBrokerIs) {
  const Config config = config_of(text({"[[account]]\nid = \"home\"\ncertificate = \"a.pfx\"\n", kStation}));
  EXPECT_EQ(config.accounts.front().url.text(), "mqtts://iot.bluettipower.com:18760");
}

TEST(Config, StationBeatsProfileBeatsDefaults) {
  const Config config = config_of(text({R"([defaults]
model = "TEST"
cloud_model = "from defaults"
poll = { core = 20, grid = 20 }

[profile.slow]
cloud_model = "from profile"
poll = { core = 30, 1300 = 31 }

)",
                                        kAccount, R"([[station]]
id = "one"
serial = "1"
[[station]]
id = "two"
serial = "2"
profile = "slow"
[[station]]
id = "three"
serial = "3"
profile = "slow"
cloud_model = "from station"
poll = { home = 40 }
)"}));
  ASSERT_EQ(config.stations.size(), 3U);
  EXPECT_EQ(config.stations[0].cloud_model, "from defaults");
  EXPECT_THAT(config.stations[0].poll, ElementsAre(Pair(100, 20.0), Pair(1300, 20.0)));
  EXPECT_EQ(config.stations[1].cloud_model, "from profile");
  EXPECT_THAT(config.stations[1].poll, ElementsAre(Pair(100, 30.0), Pair(1300, 31.0)));
  EXPECT_EQ(config.stations[2].cloud_model, "from station");
  EXPECT_THAT(config.stations[2].poll, ElementsAre(Pair(100, 40.0), Pair(1300, 31.0)));
}

TEST(Config, ABlockIsPolledByItsOwnIntervalNotItsGroups) {
  const Config config = config_of(text({kAccount, kStation, "poll = { 1300 = 2.5, grid = 60 }\n"}));
  EXPECT_THAT(config.stations.front().poll, ElementsAre(Pair(100, 5.0), Pair(1300, 2.5)));
}

TEST(Config, StationsNameTheirAccountWhereThereAreSeveral) {
  const Config config = config_of(
      text({kAccount, "[[account]]\nid = \"work\"\nurl = \"mqtt://127.0.0.1\"\n", kStation, "account = \"work\"\n"}));
  EXPECT_EQ(config.stations.front().account, "work");
}

TEST(Config, SchemaFoldersAreKnownBeforeTheModels) {
  const test::TemporaryFolder folder;
  folder.write("mine/block.toml", "");
  const auto file =
      folder.write("gateway.toml", "[schemas]\nfolders = [\"${WHERE}\"]\n[[station]]\nmodel = \"unknown\"\n");
  const auto environment = test::environment_of({{"WHERE", "mine"}});
  EXPECT_THAT(schema_folders_of(file, environment), ElementsAre(folder.path() / "mine"));
  EXPECT_THAT(schema_folders_of(folder.path() / "none.toml", environment), IsEmpty());
}

}  // namespace
}  // namespace bluetti::gateway
