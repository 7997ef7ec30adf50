// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"
#include "tests/protocol/pkcs12_maker.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using nlohmann::json;
using test::Outcome;
using test::run_program;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kGood = R"([local]
username = "gateway"
password = "swordfish"

[[account]]
id = "home"
certificate = "home.pfx"
certificate_password = "correct horse"

[[station]]
id = "living_room"
model = "AP300"
serial = "2345000000001"
poll = { core = 10 }
)";

class Check : public testing::Test {
 protected:
  Outcome check(std::string_view text, std::vector<std::string> arguments = {}) {
    const auto file = folder_.write("gateway.toml", text);
    arguments.insert(arguments.begin(), {"check", "--config", file.string()});
    return run_program(arguments);
  }

  void write_certificate(const char* not_after) {
    const auto certified = protocol::test::issue({.name = "gateway", .not_after = not_after});
    const auto bytes =
        protocol::test::make_pkcs12({.key = certified.key.get(), .certificates = {certified.certificate.get()}});
    folder_.write("home.pfx", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  test::TemporaryFolder folder_;
};

TEST_F(Check, BeginsWithAVerdictAndWhatWillBe) {
  write_certificate("20400101000000Z");
  const Outcome outcome = check(kGood);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, R"(OK

Local broker          mqtt://127.0.0.1:1883
Account home          mqtts://iot.bluettipower.com:18760, certificate valid until 2040-01-01, 46.4 of 300 reads a minute
Station living_room   AP300, 457 topics, 37 of 453 entities enabled, 46.4 reads a minute
Settings              cannot be changed: control is off
Home Assistant        discovery below homeassistant
Everything in detail: --verbose
)");
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST_F(Check, CountsWarningsInItsVerdict) {
  write_certificate("20200101000000Z");
  EXPECT_THAT(check(kGood).out, testing::StartsWith("OK, 1 warning\n"));
}

TEST_F(Check, PrintsThePlanWithoutSecrets) {
  write_certificate("20400101000000Z");
  const Outcome outcome = check(kGood, {"--verbose"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("mqtts://iot.bluettipower.com:18760"));
  EXPECT_THAT(outcome.out, HasSubstr("2040-01-01"));
  EXPECT_THAT(outcome.out, HasSubstr("bluetti/living_room"));
  EXPECT_THAT(outcome.out, Not(testing::AnyOf(HasSubstr("swordfish"), HasSubstr("correct horse"))));
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST_F(Check, PrintsOneJsonDocument) {
  write_certificate("20400101000000Z");
  const json plan = json::parse(check(kGood, {"--json"}).out);
  EXPECT_EQ(plan.at("base"), "bluetti");
  EXPECT_EQ(plan.at("connections").at(1).at("name"), "home");
  EXPECT_EQ(plan.at("connections").at(1).at("verify"), "full");
  const json& station = plan.at("stations").at(0);
  EXPECT_EQ(station.at("model"), "AP300");
  EXPECT_GT(station.at("entities"), 50);
  EXPECT_GE(station.at("topics"), station.at("entities"));
  EXPECT_EQ(plan.at("polls").at(0).at("block"), 100);
  EXPECT_EQ(plan.at("polls").at(0).at("seconds"), 10);
  EXPECT_THAT(plan.at("warnings"), IsEmpty());
}

TEST_F(Check, WhatADetectedModelHasIsNotSaidToBeNothing) {
  write_certificate("20400101000000Z");
  std::string text(kGood);
  text.replace(text.find("\"AP300\""), 7, "\"auto\"");
  const Outcome outcome = check(text);
  EXPECT_THAT(outcome.out, HasSubstr("0 of 300 reads a minute and those of detected models\n"));
  EXPECT_THAT(outcome.out, HasSubstr("living_room   model detected from its first message; set model"));
  const json plan = json::parse(check(text, {"--json"}).out);
  EXPECT_TRUE(plan.at("stations").at(0).at("topics").is_null());
  EXPECT_TRUE(plan.at("stations").at(0).at("entities").is_null());
}

TEST_F(Check, WithoutTheCertificateItFailsAsRunWould) {
  const Outcome outcome = check(kGood);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.out, testing::StartsWith("1 error\n"));
  EXPECT_THAT(outcome.err, HasSubstr("error: account home: certificate"));
  EXPECT_THAT(outcome.err, HasSubstr("there is no such file"));
}

TEST_F(Check, AnExpiredCertificateIsWarnedOf) {
  write_certificate("20200101000000Z");
  EXPECT_THAT(check(kGood).err, HasSubstr("expired on 2020-01-01"));
}

TEST_F(Check, ACertificateThatCannotBeOpenedIsAnError) {
  folder_.write("home.pfx", "this is no PKCS#12");
  const Outcome outcome = check(kGood);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("error: account home: certificate " + (folder_.path() / "home.pfx").string()));
}

TEST_F(Check, TellsWhereEachValueComesFrom) {
  const test::ScopedVariable variable("BLUETTI_GATEWAY__LOCAL__BASE", "other");
  const std::string file = (folder_.path() / "gateway.toml").string();
  const json plan = json::parse(check(kGood, {"--json"}).out);
  const auto setting = [&](const std::string& name) {
    for (const json& each : plan.at("settings")) {
      if (each.at("name") == name) return each;
    }
    return json();
  };
  EXPECT_EQ(setting("local.base").at("source"), "BLUETTI_GATEWAY__LOCAL__BASE");
  EXPECT_EQ(setting("local.username").at("source"), file + ":2:12");
  EXPECT_EQ(setting("local.password").at("value"), "(secret)");
  EXPECT_EQ(setting("discovery.prefix").at("source"), "built in");
  EXPECT_THAT(check(kGood, {"--verbose"}).out, Not(HasSubstr("discovery.prefix"))) << "defaults are shown on demand";
  EXPECT_THAT(check(kGood, {"--defaults"}).out, HasSubstr("discovery.prefix"));
}

TEST_F(Check, ListsTopicsAndEntitiesOnDemand) {
  EXPECT_THAT(check(kGood).out, Not(HasSubstr("bluetti/living_room/soc")));
  EXPECT_THAT(check(kGood, {"--topics"}).out, HasSubstr("bluetti/living_room/soc"));
  const json plan = json::parse(check(kGood, {"--topics", "--entities", "--json"}).out);
  EXPECT_EQ(plan.at("topics").size(), plan.at("stations").at(0).at("topics"));
  EXPECT_EQ(plan.at("entities").size(), plan.at("stations").at(0).at("entities"));
}

json setting_in(const json& plan, const std::string& path) {
  for (const json& each : plan.at("control").at("settings")) {
    if (each.at("setting") == path) return each;
  }
  return json();
}

TEST_F(Check, SaysThatNothingMayBeChangedWhileControlIsOff) {
  EXPECT_THAT(check(kGood, {"--verbose"}).out, HasSubstr("control is off: set enabled = true in [control]"));
  const json plan = json::parse(check(kGood, {"--json"}).out);
  EXPECT_EQ(plan["control"]["enabled"], false);
  ASSERT_FALSE(plan["control"]["settings"].empty());
  for (const json& setting : plan["control"]["settings"]) {
    EXPECT_EQ(setting["offered"], false);
    EXPECT_EQ(setting["reason"], "control is off: set enabled = true in [control]");
  }
}

TEST_F(Check, ListsWhatMayBeChangedAndWhyTheRestMayNot) {
  const std::string with = std::string(kGood) + "consent = [\"outputs\"]\n[control]\nenabled = true\n";
  const json plan = json::parse(check(with, {"--json"}).out);
  EXPECT_EQ(plan["control"]["per_minute"], 6);
  EXPECT_EQ(setting_in(plan, "ac_eco"), json::parse(R"({
    "station": "living_room", "setting": "ac_eco", "min": null, "max": null, "step": null, "unit": "",
    "values": ["ON", "OFF"], "evidence": "verified", "offered": true, "reason": ""})"));
  EXPECT_EQ(setting_in(plan, "ac_output")["offered"], true) << "there is consent to outputs";
  EXPECT_EQ(setting_in(plan, "grid_export")["reason"], "needs consent: add \"grid\" to consent of this station");
  EXPECT_EQ(setting_in(plan, "soc_low_limit")["min"], 5);
  EXPECT_EQ(setting_in(plan, "soc_low_limit")["max"], 100);
  const std::string text = check(with, {"--verbose"}).out;
  EXPECT_THAT(text, HasSubstr("May be changed"));
  EXPECT_THAT(text, HasSubstr("needs consent: add \"grid\" to consent of this station"));
}

TEST_F(Check, ShowsTheOwnersLimitsAndWarnsOfThoseWithoutEffect) {
  const std::string with = std::string(kGood) +
                           "limits = { soc_low_limit = { min = 20, max = 60 }, soc_high_limit = { max = 200 }, "
                           "sock = { max = 1 } }\n[control]\nenabled = true\n";
  const json plan = json::parse(check(with, {"--json"}).out);
  EXPECT_EQ(setting_in(plan, "soc_low_limit")["min"], 20);
  EXPECT_EQ(setting_in(plan, "soc_low_limit")["max"], 60);
  EXPECT_EQ(setting_in(plan, "soc_high_limit")["max"], 100) << "limits never widen";
  EXPECT_THAT(plan["warnings"], testing::Contains(HasSubstr("limits.soc_high_limit has no effect")));
  EXPECT_THAT(plan["warnings"], testing::Contains(HasSubstr("limits.sock: the model 'AP300' has no setting 'sock'")));
}

TEST_F(Check, WarnsOfMoreReadsThanTheAccountMayMake) {
  std::string config(kGood);
  config.replace(config.find("[[station]]"), 0, "requests_per_minute = 10\n\n");
  EXPECT_THAT(check(config).err, HasSubstr("reads a minute are planned and requests_per_minute allows 10"));
}

TEST_F(Check, ShowsFilesAndWhoMayReadThem) {
  write_certificate("20400101000000Z");
  std::filesystem::permissions(folder_.path() / "home.pfx", std::filesystem::perms(0644));
  const Outcome outcome = check(kGood, {"--verbose"});
  EXPECT_THAT(outcome.out, HasSubstr("0644"));
  EXPECT_THAT(outcome.err, HasSubstr("home.pfx: others can read it; chmod o-rwx"));
}

TEST_F(Check, TellsEveryErrorWithItsPlace) {
  const Outcome outcome = check("[local]\nurl = 1\nbaze = 2\n");
  const std::string file = (folder_.path() / "gateway.toml").string();
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "2 errors\n");
  EXPECT_EQ(outcome.err, file + ":2:7: local.url: must be a string, not an integer\n" + file +
                             ":3:1: local.baze: unknown key; did you mean 'base'?\n");
}

TEST_F(Check, ErrorsAreADocumentTooIfOneIsWanted) {
  const json document = json::parse(check("[local]\nurl = 1\n", {"--json"}).out);
  EXPECT_EQ(document.at("errors").at(0).at("line"), 2);
  EXPECT_EQ(document.at("errors").at(0).at("column"), 7);
  EXPECT_EQ(document.at("errors").at(0).at("message"), "local.url: must be a string, not an integer");
}

TEST_F(Check, ARefusedSchemaFileIsAFailureButNotTheEnd) {
  folder_.write("mine/wrong.toml", "id = \"x\"\n");
  write_certificate("20400101000000Z");
  const Outcome outcome = check("[schemas]\nfolders = [\"mine\"]\n" + std::string(kGood));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("Station living_room"));
  EXPECT_THAT(outcome.err, HasSubstr("schema refused: "));
  EXPECT_THAT(outcome.err, HasSubstr("wrong.toml:1:"));
}

}  // namespace
}  // namespace bluetti::gateway::cli
