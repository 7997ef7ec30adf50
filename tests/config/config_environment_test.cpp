// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/config/environment.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

using test::config_of;
using test::kAccount;
using test::kStation;
using test::problems_of;
using testing::ElementsAre;

std::string substituted(std::string_view text) {
  const auto environment = test::environment_of({{"NAME", "value"}, {"EMPTY", ""}, {"_2", "two"}});
  const auto result = substitute(text, environment);
  const auto* error = std::get_if<SubstitutionError>(&result);
  return error ? "error: " + error->message : std::get<std::string>(result);
}

TEST(Substitution, ReplacesVariablesWhereverTheyStand) {
  EXPECT_EQ(substituted("plain"), "plain");
  EXPECT_EQ(substituted("${NAME}"), "value");
  EXPECT_EQ(substituted("a${NAME}b${_2}c"), "avaluebtwoc");
  EXPECT_EQ(substituted("[${EMPTY}]"), "[]");
}

TEST(Substitution, DefaultsStandInForWhatIsUnsetOrEmpty) {
  EXPECT_EQ(substituted("${NONE:-default}"), "default");
  EXPECT_EQ(substituted("${EMPTY:-default}"), "default");
  EXPECT_EQ(substituted("${NAME:-default}"), "value");
  EXPECT_EQ(substituted("[${NONE:-}]"), "[]");
  EXPECT_EQ(substituted("${NONE:-mqtt://a:1}"), "mqtt://a:1");
}

TEST(Substitution, DoubledDollarIsADollar) {
  EXPECT_EQ(substituted("$${NAME}"), "${NAME}");
  EXPECT_EQ(substituted("$$ $NAME"), "$$ $NAME") << "without a brace nothing is special";
}

TEST(Substitution, SaysWhatIsWrong) {
  EXPECT_EQ(substituted("${NONE}"),
            "error: the environment variable NONE is not set; set it, or write ${NONE:-default}");
  EXPECT_EQ(substituted("${NAME"), "error: a '${' is not closed by '}'");
  // The text itself is not quoted: it may be half of a password.
  const std::string kNeither =
      "error: there is a '${...}' that is neither ${NAME} nor ${NAME:-default}; write $${ for a plain ${";
  EXPECT_EQ(substituted("${1}"), kNeither);
  EXPECT_EQ(substituted("${}"), kNeither);
  EXPECT_EQ(substituted("${NAME-x}"), kNeither);
}

TEST(EnvironmentOverride, WinsOverTheFile) {
  const std::string text =
      std::string("[local]\nurl = \"mqtt://file\"\n") + std::string(kAccount) + std::string(kStation);
  const Config config = config_of(text, {{"BLUETTI_GATEWAY__LOCAL__URL", "mqtts://environment"},
                                         {"BLUETTI_GATEWAY__LOCAL__USERNAME", "me"},
                                         {"BLUETTI_GATEWAY__LOCAL__PASSWORD", "${not substituted}"},
                                         {"BLUETTI_GATEWAY__LOCAL__JSON_STATE", "true"},
                                         {"BLUETTI_GATEWAY__LOCAL__HEARTBEAT", "60"},
                                         {"BLUETTI_GATEWAY__DISCOVERY__PREFIX", "ha"},
                                         {"BLUETTI_GATEWAY__LOG__LEVEL", "error"},
                                         {"BLUETTI_GATEWAY__ACCOUNT__HOME__CERTIFICATE_PASSWORD", "p12"},
                                         {"BLUETTI_GATEWAY__STATION__LIVING_ROOM__NAME", "Den"}});
  EXPECT_EQ(config.local.url.text(), "mqtts://environment:8883");
  EXPECT_EQ(config.local.password.reveal(), "${not substituted}");
  EXPECT_TRUE(config.local.json_state);
  EXPECT_EQ(config.local.heartbeat, std::chrono::seconds(60));
  EXPECT_EQ(config.discovery.prefix, "ha");
  EXPECT_EQ(config.log.level, "error");
  EXPECT_EQ(config.accounts.front().certificate_password.reveal(), "p12");
  EXPECT_EQ(config.stations.front().name, "Den");
}

TEST(EnvironmentOverride, HidesAValueThatCouldNotBeUsed) {
  const std::string text = "[local]\nurl = \"${NONE}\"\n" + std::string(kAccount) + std::string(kStation);
  EXPECT_EQ(config_of(text, {{"BLUETTI_GATEWAY__LOCAL__URL", "mqtt://a"}}).local.url.host, "a");
}

TEST(EnvironmentOverride, ListsTheAddressesOfTheBroker) {
  const std::string text = std::string(kAccount) + std::string(kStation);
  EXPECT_EQ(config_of(text, {{"BLUETTI_GATEWAY__LOCAL__URL__0", "mqtt://a"},
                             {"BLUETTI_GATEWAY__LOCAL__URL__1", "mqtt://b:1884"}})
                .local.broker(),
            "mqtt://a:1883, mqtt://b:1884");
}

TEST(EnvironmentOverride, IsCheckedAsTheFileIs) {
  EXPECT_THAT(
      problems_of(std::string(kAccount) + std::string(kStation), {{"BLUETTI_GATEWAY__LOCAL__HEARTBEAT", "often"},
                                                                  {"BLUETTI_GATEWAY__LOCAL__JSON_STATE", "1"},
                                                                  {"BLUETTI_GATEWAY__LOCAL__URI", "mqtt://a"},
                                                                  {"BLUETTI_GATEWAY__LOCAL__URL", "a"},
                                                                  {"BLUETTI_GATEWAY_CONFIG", "is something else"}}),
      ElementsAre("BLUETTI_GATEWAY__LOCAL__HEARTBEAT: local.heartbeat: must be an integer, not 'often'",
                  "BLUETTI_GATEWAY__LOCAL__JSON_STATE: local.json_state: must be true or false, not '1'",
                  "BLUETTI_GATEWAY__LOCAL__URI: no key of the configuration; did you mean "
                  "'BLUETTI_GATEWAY__LOCAL__URL'?",
                  "BLUETTI_GATEWAY__LOCAL__URL: local.url: 'a' is not a broker's URL; write mqtt://host:port or "
                  "mqtts://host:port"));
}

TEST(CertificatePassword, OfTheOnlyAccountComesFromItsVariableFirst) {
  const std::string text = std::string(kAccount) + "certificate_password = \"file\"\n" + std::string(kStation);
  const test::Variables variables{{"BLUETTI_CERT_PASSWORD", "variable"}};
  EXPECT_EQ(config_of(text, variables).accounts.front().certificate_password.reveal(), "variable");
  EXPECT_EQ(config_of(text).accounts.front().certificate_password.reveal(), "file");
  EXPECT_FALSE(config_of(std::string(kAccount) + std::string(kStation)).accounts.front().has_certificate_password);
}

TEST(CertificatePassword, OfSeveralAccountsStandsInForWhatIsMissing) {
  const std::string text = std::string(kAccount) +
                           "[[account]]\nid = \"work\"\ncertificate = \"b\"\ncertificate_password = \"file\"\n" +
                           std::string(kStation) + "account = \"work\"\n";
  const Config config = config_of(text, {{"BLUETTI_CERT_PASSWORD", "variable"}});
  EXPECT_EQ(config.accounts[0].certificate_password.reveal(), "variable");
  EXPECT_EQ(config.accounts[1].certificate_password.reveal(), "file");
}

}  // namespace
}  // namespace bluetti::gateway
