// SPDX-License-Identifier: MIT
// Every way to get a configuration wrong, what is said about it, and where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

using test::kAccount;
using test::kStation;
using test::problems_of;
using testing::ElementsAre;
using testing::ElementsAreArray;

struct Wrong {
  const char* name;
  const char* text;
  std::vector<std::string> problems;  // without the file's name in front
};

void PrintTo(const Wrong& wrong, std::ostream* to) {
  *to << wrong.name;
}

std::vector<std::string> in_file(const std::vector<std::string>& problems) {
  std::vector<std::string> texts;
  for (const std::string& problem : problems) texts.push_back("gateway.toml:" + problem);
  return texts;
}

std::string name_of(const testing::TestParamInfo<Wrong>& info) {
  return info.param.name;
}

// Wrong tables in front of a good account and station.
class WrongTable : public testing::TestWithParam<Wrong> {};
TEST_P(WrongTable, IsRefusedWithItsPlace) {
  const std::string text = std::string(GetParam().text) + std::string(kAccount) + std::string(kStation);
  EXPECT_THAT(problems_of(text), ElementsAreArray(in_file(GetParam().problems)));
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, WrongTable,
    testing::Values(
        Wrong{"UnknownTable", "[locl]\n", {"1:2: locl: unknown key; did you mean 'local'?"}},
        Wrong{"UnknownKey", "colour = 1\n", {"1:1: colour: unknown key"}},
        Wrong{"TableAsValue", "local = 1\n", {"1:9: local: must be a table, not an integer: write [local]"}},
        Wrong{"TableTwice", "[[local]]\n", {"1:1: local: must be a table, not an array: write [local]"}},
        Wrong{
            "UnclosedVariable", "[local]\nusername = \"${X\"\n", {"2:12: local.username: a '${' is not closed by '}'"}},
        Wrong{"UnsetVariable",
              "[local]\nusername = \"${NONE}\"\n",
              {"2:12: local.username: the environment variable NONE is not set; set it, or write ${NONE:-default}"}}),
    name_of);

const std::string kUrl = "is not a broker's URL; write mqtt://host:port or mqtts://host:port";
INSTANTIATE_TEST_SUITE_P(
    Local, WrongTable,
    testing::Values(
        Wrong{"UnknownKey", "[local]\nbaze = \"x\"\n", {"2:1: local.baze: unknown key; did you mean 'base'?"}},
        Wrong{"Scheme", "[local]\nurl = \"ws://x\"\n", {"2:7: local.url: 'ws://x' " + kUrl}},
        Wrong{"Port", "[local]\nurl = \"mqtt://x:0\"\n", {"2:7: local.url: 'mqtt://x:0' " + kUrl}},
        Wrong{"LoginInUrl",
              "[local]\nurl = \"mqtt://me:secret@x\"\n",
              {"2:7: local.url: a login does not belong into the URL; write it as 'username' and 'password'"}},
        Wrong{"UnixSocket",
              "[local]\nurl = \"unix://run/mqtt.sock\"\n",
              {"2:7: local.url: 'unix://run/mqtt.sock' is not a Unix socket's URL; write unix:///path, of at most 107 "
               "letters"}},
        Wrong{"OneOfSeveralAddresses",
              "[local]\nurl = [\"mqtt://a\", \"ws://x\"]\n",
              {"2:20: local.url: 'ws://x' " + kUrl}},
        Wrong{"MixedAddresses",
              "[local]\nurl = [\"mqtt://a\", \"mqtts://b\"]\n",
              {"2:20: local.url: all addresses must be mqtt://, or all mqtts://"}},
        Wrong{"NoAddress", "[local]\nurl = []\n", {"2:7: local.url: must name at least one address"}},
        Wrong{"UrlType", "[local]\nurl = 1883\n", {"2:7: local.url: must be a string, not an integer"}},
        Wrong{"EmptyBase", "[local]\nbase = \"\"\n", {"2:8: local.base: must not be empty"}},
        Wrong{
            "PlusInBase", "[local]\nbase = \"a/+/b\"\n", {"2:8: local.base: must not hold the wildcards '+' and '#'"}},
        Wrong{"HashInBase", "[local]\nbase = \"#\"\n", {"2:8: local.base: must not hold the wildcards '+' and '#'"}},
        Wrong{"SlashAroundBase", "[local]\nbase = \"/a\"\n", {"2:8: local.base: must not begin or end with '/'"}},
        Wrong{"DollarBase",
              "[local]\nbase = \"$SYS\"\n",
              {"2:8: local.base: must not begin with '$', which is the broker's own"}},
        Wrong{"ControlInBase", "[local]\nbase = \"a\\nb\"\n", {"2:8: local.base: must not hold control characters"}},
        Wrong{"HeartbeatBelow", "[local]\nheartbeat = -1\n", {"2:13: local.heartbeat: -1 is not between 0 and 86400"}},
        Wrong{"HeartbeatAbove",
              "[local]\nheartbeat = 86401\n",
              {"2:13: local.heartbeat: 86401 is not between 0 and 86400"}},
        Wrong{
            "HeartbeatType", "[local]\nheartbeat = 1.5\n", {"2:13: local.heartbeat: must be an integer, not a number"}},
        Wrong{"Protocol", "[local]\nprotocol = \"4\"\n", {"2:12: local.protocol: '4' is not one of '3.1.1', '5'"}},
        Wrong{"ExpiryWithoutMqtt5",
              "[local]\nmessage_expiry = 600\n",
              {"2:18: local.message_expiry: needs `protocol = \"5\"`"}},
        Wrong{"ExpiryWithinAHeartbeat",
              "[local]\nprotocol = \"5\"\nmessage_expiry = 300\n",
              {"3:18: local.message_expiry: the heartbeat, 300 s, must be shorter than message_expiry, 300 s, and not "
               "0: values that stand still would vanish"}},
        Wrong{"NoHeartbeatBeforeTheExpiry",
              "[local]\nprotocol = \"5\"\nheartbeat = 0\n",
              {"3:13: local.heartbeat: must not be 0 with `protocol = \"5\"`: values that stand still would vanish; "
               "`message_expiry = 0` keeps them"}},
        Wrong{"ExpireAfterWithoutAHeartbeat",
              "[local]\nheartbeat = 0\n[discovery]\nexpire_after = true\n",
              {"4:16: discovery.expire_after: needs a heartbeat in [local]: values that stand still would become "
               "unavailable"}},
        Wrong{"JsonState",
              "[local]\njson_state = \"yes\"\n",
              {"2:14: local.json_state: must be true or false, not a string"}},
        Wrong{"Verify",
              "[local]\nverify = \"ful\"\n",
              {"2:10: local.verify: 'ful' is not one of 'full', 'chain', 'none'; did you mean 'full'?"}},
        Wrong{
            "SecurityLevel", "[local]\nsecurity_level = 6\n", {"2:18: local.security_level: 6 is not between 0 and 5"}},
        Wrong{"PasswordAlone",
              "[local]\npassword = \"x\"\n",
              {"1:1: local.username: missing: MQTT has no password without a user name"}},
        Wrong{"KeyAlone", "[local]\nkey = \"x\"\n", {"1:1: local.certificate: missing: 'key' belongs to one"}},
        Wrong{"Date",
              "[local]\nusername = 2026-01-31\n",
              {"2:12: local.username: must be a string, not a date or time"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Others, WrongTable,
    testing::Values(
        Wrong{"DiscoveryEnabled",
              "[discovery]\nenabled = 1\n",
              {"2:11: discovery.enabled: must be true or false, not an integer"}},
        Wrong{"DiscoveryKey",
              "[discovery]\nprefx = \"a\"\n",
              {"2:1: discovery.prefx: unknown key; did you mean 'prefix'?"}},
        Wrong{"DiscoveryPrefixIsBase",
              "[discovery]\nprefix = \"bluetti\"\n",
              {"2:10: discovery.prefix: 'bluetti' is also local.base; the stations' topics need a place of their own"}},
        Wrong{"BaseIsDiscoveryPrefix",
              "[local]\nbase = \"homeassistant\"\n",
              {"1:1: discovery.prefix: 'homeassistant' is also local.base; the stations' topics need a place of their "
               "own"}},
        Wrong{"BirthTopic",
              "[discovery]\nbirth_topic = \"a/#\"\n",
              {"2:15: discovery.birth_topic: must not hold the wildcards '+' and '#'"}},
        Wrong{"LogLevel",
              "[log]\nlevel = \"warnin\"\n",
              {"2:9: log.level: 'warnin' is not one of 'trace', 'debug', 'info', 'warning', 'error'; did you mean "
               "'warning'?"}},
        Wrong{"LogFormat", "[log]\nformat = \"xml\"\n", {"2:10: log.format: 'xml' is not one of 'text', 'json'"}},
        Wrong{"SchemaFolder", "[schemas]\nfolders = [\"/none\"]\n", {"2:11: schemas.folders: /none is not a folder"}},
        Wrong{"SchemaFolderType",
              "[schemas]\nfolders = [1]\n",
              {"2:12: schemas.folders: must be a string, not an integer"}},
        Wrong{"SchemaFoldersType",
              "[schemas]\nfolders = 1\n",
              {"2:11: schemas.folders: must be an array of strings, not an integer"}},
        Wrong{
            "ProfileIsNoTable", "[profile]\nfast = 1\n", {"2:1: profile.fast: must be a table: write [profile.fast]"}},
        Wrong{"ProfileKey", "[profile.fast]\nserial = \"1\"\n", {"2:1: profile.fast.serial: unknown key"}},
        Wrong{
            "ProfileModel",
            "[profile.fast]\nmodel = \"TEXT\"\n",
            {"2:9: profile.fast.model: 'TEXT' is not a known model; did you mean 'TEST'? 'bluetti-gateway list models' "
             "shows all"}},
        Wrong{"DefaultsPoll",
              "[defaults]\npoll = { coree = 5 }\n",
              {"2:10: defaults.poll.coree: no such group or block of any model; did you mean 'core'?"}},
        Wrong{"DefaultsAccount",
              "[defaults]\naccount = \"hme\"\n",
              {"2:11: defaults.account: there is no [[account]] with the id 'hme'; did you mean 'home'?"}}),
    name_of);

// Wrong accounts in front of a good station.
class WrongAccount : public testing::TestWithParam<Wrong> {};
TEST_P(WrongAccount, IsRefusedWithItsPlace) {
  const std::string text = std::string(GetParam().text) + std::string(kStation);
  EXPECT_THAT(problems_of(text), ElementsAreArray(in_file(GetParam().problems)));
}

INSTANTIATE_TEST_SUITE_P(
    Accounts, WrongAccount,
    testing::Values(Wrong{"None", "", {"1:1: station.account: missing: there is no [[account]] yet"}},
                    Wrong{"Single",
                          "[account]\nid = \"a\"\n",
                          {"1:1: account: there can be several: write [[account]]",
                           "3:1: station.account: missing: there is no [[account]] yet"}},
                    Wrong{"NoId",
                          "[[account]]\ncertificate = \"a\"\n",
                          {"1:1: account.id: missing: a name of your own for the account"}},
                    Wrong{"Id",
                          "[[account]]\nid = \"Home\"\ncertificate = \"a\"\n",
                          {"2:6: account.id: 'Home' may only hold a-z, 0-9 and _"}},
                    Wrong{"EmptyId",
                          "[[account]]\nid = \"\"\ncertificate = \"a\"\n",
                          {"2:6: account.id: '' may only hold a-z, 0-9 and _"}},
                    Wrong{"SameId",
                          "[[account]]\nid = \"a\"\ncertificate = \"a\"\n[[account]]\nid = \"a\"\ncertificate = \"b\"\n"
                          "[defaults]\naccount = \"a\"\n",
                          {"5:6: account.id: 'a' is taken, in line 2"}},
                    Wrong{"NoCertificate",
                          "[[account]]\nid = \"a\"\n",
                          {"1:1: account.certificate: missing: the PKCS#12 file (.pfx) of the vendor's account"}},
                    Wrong{"AnswerTimeout",
                          "[[account]]\nid = \"a\"\ncertificate = \"a\"\nanswer_timeout = 0\n",
                          {"4:18: account.answer_timeout: 0 is not between 1 and 600"}},
                    Wrong{"PasswordAlone",
                          "[[account]]\nid = \"a\"\ncertificate = \"a\"\npassword = \"x\"\n",
                          {"1:1: account.username: missing: MQTT has no password without a user name"}},
                    Wrong{"UnknownKey",
                          "[[account]]\nid = \"a\"\ncertificate = \"a\"\ncertificat_password = \"x\"\n",
                          {"4:1: account.certificat_password: unknown key; did you mean 'certificate_password'?"}},
                    Wrong{
                        "TwoToChooseFrom",
                        "[[account]]\nid = \"a\"\ncertificate = \"a\"\n[[account]]\nid = \"b\"\ncertificate = \"b\"\n",
                        {"7:1: station.account: missing: there are several; name one"}}),
    name_of);

// Wrong stations behind a good account: their first line is line 6.
class WrongStation : public testing::TestWithParam<Wrong> {};
TEST_P(WrongStation, IsRefusedWithItsPlace) {
  const std::string text = std::string(kAccount) + GetParam().text;
  EXPECT_THAT(problems_of(text), ElementsAreArray(in_file(GetParam().problems)));
}

const std::string kSerial = "is not a number of at most 20 digits; give the numeric part, without the model name";
INSTANTIATE_TEST_SUITE_P(
    Stations, WrongStation,
    testing::Values(
        Wrong{"Single", "[station]\nid = \"a\"\n", {"6:1: station: there can be several: write [[station]]"}},
        Wrong{"Empty",
              "[[station]]\n",
              {"6:1: station.id: missing: the station's name in topics, of a-z, 0-9 and _",
               "6:1: station.serial: missing: the station's serial number, its digits or its whole label"}},
        Wrong{"Id",
              "[[station]]\nid = \"living-room\"\nmodel = \"TEST\"\nserial = \"1\"\n",
              {"7:6: station.id: 'living-room' may only hold a-z, 0-9 and _"}},
        Wrong{"ReservedId",
              "[[station]]\nid = \"bridge\"\nmodel = \"TEST\"\nserial = \"1\"\n",
              {"7:6: station.id: 'bridge' is the gateway's own; choose another"}},
        Wrong{"SameId",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\n"
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"2\"\n",
              {"11:6: station.id: 'a' is taken, in line 7"}},
        Wrong{"SameSerial",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\n"
              "[[station]]\nid = \"b\"\nmodel = \"TEST\"\nserial = \"1\"\n",
              {"13:10: station.serial: '1' is that of another station, in line 9"}},
        Wrong{"SerialWithModel",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"OTHER2345\"\n",
              {"9:10: station.serial: 'OTHER2345' " + kSerial}},
        Wrong{"SerialEmpty",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"\"\n",
              {"9:10: station.serial: '' " + kSerial}},
        Wrong{"SerialLong",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"123456789012345678901\"\n",
              {"9:10: station.serial: '123456789012345678901' " + kSerial}},
        Wrong{"SerialAsNumber",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = 2345\n",
              {"9:10: station.serial: must be a string, not an integer"}},
        Wrong{"Model",
              "[[station]]\nid = \"a\"\nmodel = \"TESTT\"\nserial = \"1\"\n",
              {"8:9: station.model: 'TESTT' is not a known model; did you mean 'TEST'? 'bluetti-gateway list models' "
               "shows all"}},
        Wrong{"CloudModel",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\ncloud_model = \"a/b\"\n",
              {"10:15: station.cloud_model: 'a/b' cannot be part of a topic of the cloud"}},
        Wrong{"Account",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\naccount = \"work\"\n",
              {"10:11: station.account: there is no [[account]] with the id 'work'"}},
        Wrong{"Profile",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\nprofile = \"slw\"\n[profile.slow]\n",
              {"10:11: station.profile: there is no [profile.slw]; did you mean 'slow'?"}},
        Wrong{"UnknownKey",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\nseriel = \"1\"\n",
              {"10:1: station.seriel: unknown key; did you mean 'serial'?"}},
        Wrong{"PollType",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\npoll = 5\n",
              {"10:8: station.poll: must be a table of seconds, as { core = 5 }, or \"push\" to ask for nothing"}},
        Wrong{"PollGroup",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\npoll = { gird = 5 }\n",
              {"10:10: station.poll.gird: no such group or block of the model TEST; did you mean 'grid'?"}},
        Wrong{"PollBlock",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\npoll = { 1301 = 5 }\n",
              {"10:10: station.poll.1301: no such group or block of the model TEST; did you mean '1300'?"}},
        Wrong{"PollTooOften",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\npoll = { grid = 0.9 }\n",
              {"10:17: station.poll.grid: 0.9 is not between 1 and 86400 seconds"}},
        Wrong{"PollTooRarely",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\npoll = { grid = 86401 }\n",
              {"10:17: station.poll.grid: 86401 is not between 1 and 86400 seconds"}},
        Wrong{"PollNotANumber",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\npoll = { grid = nan }\n",
              {"10:17: station.poll.grid: nan is not between 1 and 86400 seconds"}},
        Wrong{"PollText",
              "[[station]]\nid = \"a\"\nmodel = \"TEST\"\nserial = \"1\"\npoll = { grid = \"5\" }\n",
              {"10:17: station.poll.grid: must be seconds, \"off\" or \"push\", not a string"}}),
    name_of);

TEST(WrongConfig, IsNotTomlAtAll) {
  EXPECT_THAT(problems_of("[local\nurl = \"x\"\n"), ElementsAre(testing::StartsWith("gateway.toml:1:7: ")));
  EXPECT_THAT(problems_of("[a]\n[a]\n"), ElementsAre(testing::StartsWith("gateway.toml:2:")));
}

TEST(WrongConfig, WithoutStationsHasNothingToDo) {
  EXPECT_THAT(problems_of(kAccount),
              ElementsAre("gateway.toml: station: missing: add a [[station]] with id and serial"));
}

TEST(WrongConfig, TellsEverythingAtOnceInTheOrderOfTheFile) {
  EXPECT_THAT(problems_of(R"([[station]]
serial = "x"
id = "B"
model = "TEST"
[local]
heartbeat = -1
url = "x"
[defaults]
poll = { core = 0.5 }
)"),
              ElementsAre("gateway.toml:1:1: station.account: missing: there is no [[account]] yet",
                          "gateway.toml:2:10: station.serial: 'x' " + kSerial,
                          "gateway.toml:3:6: station.id: 'B' may only hold a-z, 0-9 and _",
                          "gateway.toml:6:13: local.heartbeat: -1 is not between 0 and 86400",
                          "gateway.toml:7:7: local.url: 'x' " + kUrl,
                          "gateway.toml:9:17: defaults.poll.core: 0.5 is not between 1 and 86400 seconds"))
      << "and what two places read is told once";
}

}  // namespace
}  // namespace bluetti::gateway
