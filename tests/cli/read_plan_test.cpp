// SPDX-License-Identifier: MIT
// What `scan`, `raw` and `listen` make of options, environment and configuration. Without a network.
#include "gateway/cli/read_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_fixture.h"

namespace bluetti::test {
namespace {

using namespace gateway;
using namespace gateway::cli;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class ReadPlanTest : public testing::Test {
 protected:
  // The plan, or the problems as texts.
  bool plan_it() {
    auto result = plan_read(options, environment_of(variables));
    problems.clear();
    if (auto* found = std::get_if<std::vector<schemas::Problem>>(&result)) {
      for (const schemas::Problem& problem : *found) problems.push_back(problem.text());
      return false;
    }
    plan = std::move(std::get<ReadPlan>(result));
    return true;
  }
  void write_config(const std::string& more = {}, const std::string& account = {}) {
    options.config =
        folder.write("gateway.toml",
                     "[[account]]\nid = \"home\"\ncertificate = \"home.pfx\"\n" + account +
                         "[[station]]\nid = \"living_room\"\nmodel = \"AP300\"\nserial = \"2345000000001\"\n" + more);
  }
  static ReadOptions everything() {
    ReadOptions options;
    options.serial = "2345000000001";
    options.model = "EL100V2";
    options.certificate = "home.pfx";
    return options;
  }

  TemporaryFolder folder;
  ReadOptions options;
  Variables variables;
  ReadPlan plan;
  std::vector<std::string> problems;
};

constexpr const char* kGarage = "[[station]]\nid = \"garage\"\nmodel = \"EL100V2\"\nserial = \"2345000000002\"\n";

TEST_F(ReadPlanTest, TakesTheOnlyStationOfTheConfiguration) {
  write_config();
  ASSERT_TRUE(plan_it()) << problems.front();
  EXPECT_EQ(plan.station.id, "living_room");
  EXPECT_EQ(plan.account.id, "home");
  ASSERT_TRUE(plan.local);
  EXPECT_EQ(plan.local->base, "bluetti");
  EXPECT_EQ(plan.policy.retry.attempts, 3);
  EXPECT_EQ(plan.policy.answer_timeout, 5s) << "the account's";
}

TEST_F(ReadPlanTest, WantsAChoiceAmongSeveralStations) {
  write_config(kGarage);
  ASSERT_FALSE(plan_it());
  EXPECT_THAT(problems, ElementsAre("there are several stations: choose one with --station: living_room, garage"));
  options.station = "garage";
  ASSERT_TRUE(plan_it());
  EXPECT_EQ(plan.station.serial, "2345000000002");
  options.station = "2345000000001";
  ASSERT_TRUE(plan_it());
  EXPECT_EQ(plan.station.id, "living_room");
  options.station = "garag";
  ASSERT_FALSE(plan_it());
  EXPECT_THAT(problems, ElementsAre("--station: there is no station 'garag'; did you mean 'garage'?"));
}

TEST_F(ReadPlanTest, ReadsNoConfigurationWithASerial) {
  options = everything();
  options.config = "/nowhere/gateway.toml";
  ASSERT_TRUE(plan_it()) << problems.front();
  EXPECT_EQ(plan.station.serial, "2345000000001");
  EXPECT_EQ(plan.station.model->name, "EL100V2");
  EXPECT_EQ(plan.account.certificate, "home.pfx");
  EXPECT_FALSE(plan.local) << "there is no telling where a gateway would run";
  EXPECT_TRUE(plan.state_file.empty());
}

TEST_F(ReadPlanTest, OptionsAreOverTheConfiguration) {
  write_config();
  options.broker = "mqtts://broker.example:1234";
  options.model = "EL100V2";
  options.answer_timeout = 0.25;
  options.verify = "chain";
  options.security_level = 0;
  ASSERT_TRUE(plan_it()) << problems.front();
  EXPECT_EQ(plan.account.url.text(), "mqtts://broker.example:1234");
  EXPECT_EQ(plan.station.model->name, "EL100V2");
  EXPECT_EQ(plan.policy.answer_timeout, 250ms);
  EXPECT_EQ(plan.account.tls.verify, Verify::chain);
  EXPECT_EQ(plan.account.tls.security_level, 0);
}

TEST_F(ReadPlanTest, TakesThePasswordOfTheOptionThenTheEnvironmentThenTheFile) {
  write_config({}, "certificate_password = \"of the file\"\n");
  ASSERT_TRUE(plan_it()) << problems.front();
  EXPECT_EQ(plan.account.certificate_password.reveal(), "of the file");
  variables["BLUETTI_CERT_PASSWORD"] = "of the environment";
  ASSERT_TRUE(plan_it());
  EXPECT_EQ(plan.account.certificate_password.reveal(), "of the environment");
  options.password = "of the option";
  ASSERT_TRUE(plan_it());
  EXPECT_EQ(plan.account.certificate_password.reveal(), "of the option");
}

TEST_F(ReadPlanTest, TakesThePasswordOfTheEnvironmentWithoutAConfigurationToo) {
  options = everything();
  ASSERT_TRUE(plan_it());
  EXPECT_FALSE(plan.account.has_certificate_password) << "to be asked for";
  variables["BLUETTI_CERT_PASSWORD"] = "of the environment";
  ASSERT_TRUE(plan_it());
  EXPECT_EQ(plan.account.certificate_password.reveal(), "of the environment");
  options.password = "";
  ASSERT_TRUE(plan_it());
  EXPECT_TRUE(plan.account.has_certificate_password) << "an empty one was given";
  EXPECT_EQ(plan.account.certificate_password.reveal(), "");
}

TEST_F(ReadPlanTest, AnotherCertificateDoesNotInheritThePasswordOfTheFiles) {
  write_config({}, "certificate_password = \"of the file\"\n");
  options.certificate = "other.pfx";
  ASSERT_TRUE(plan_it());
  EXPECT_FALSE(plan.account.has_certificate_password);
}

struct Wrong {
  std::function<void(ReadOptions&)> make;
  std::string message;
};

TEST_F(ReadPlanTest, SaysWhatIsWrongWithTheOptions) {
  const std::vector<Wrong> cases{
      {[](auto& o) { o.longest_delay = 0.2; }, "--retry-max-delay: 0.2 is less than --retry-initial-delay, 0.5"},
      {[](auto& o) { o.serial = ""; },
       "--serial: '' is not a number of at most 20 digits; give the numeric part, without the model name"},
      {[](auto& o) { o.serial = "XY300-1"; },
       "--serial: 'XY300-1' is not a number of at most 20 digits; give the numeric part, without the model name"},
      {[](auto& o) { o.model.clear(); }, "the model is not known: say it with --model"},
      {[](auto& o) { o.model = "AP30"; },
       "--model: 'AP30' is not a known model; did you mean 'AP300'? 'bluetti-gateway list models' shows all"},
      {[](auto& o) { o.cloud_model = "a/b"; }, "--cloud-model: 'a/b' cannot be part of a topic of the cloud"},
      {[](auto& o) { o.broker = "broker"; }, "--broker: 'broker' is not mqtt://host:port or mqtts://host:port"},
      {[](auto& o) { o.certificate.clear(); },
       "--certificate is required with --serial: the PKCS#12 file (.pfx) of the vendor's account"},
      {[](auto& o) { o.broker_password = "x"; }, "--broker-password: MQTT has no password without a user name"},
      {[](auto& o) { o.station = "garage"; }, "--station chooses from a configuration; with --serial none is read"},
      {[](auto& o) {
         o.fingerprint = "AB:CD";
         o.verify = "pinned";
       },
       "--fingerprint: must be a SHA-256 fingerprint, 64 hexadecimal digits"},
      {[](auto& o) { o.fingerprint = std::string(64, 'a'); }, "--fingerprint belongs to --verify pinned"},
  };
  for (const Wrong& wrong : cases) {
    options = everything();
    wrong.make(options);
    EXPECT_FALSE(plan_it()) << wrong.message;
    EXPECT_THAT(problems, ElementsAre(wrong.message));
  }
}

TEST_F(ReadPlanTest, KnowsWhatIsPolledAndWhatIsPolledMostOften) {
  write_config("poll = { core = 2 }\n");
  ASSERT_TRUE(plan_it());
  const auto all = polled_blocks(plan.station);
  const auto most = most_polled_blocks(plan.station);
  EXPECT_GT(all.size(), most.size());
  for (const std::uint16_t id : most) EXPECT_EQ(plan.catalog->block(id)->poll, "core");
}

TEST_F(ReadPlanTest, RefusesABlockThatIsNotThere) {
  options = everything();
  ASSERT_TRUE(plan_it());
  const std::vector<std::uint16_t> ids{1299};
  const auto ranges = whole_blocks(plan, ids);
  ASSERT_TRUE(std::holds_alternative<std::string>(ranges));
  EXPECT_THAT(std::get<std::string>(ranges), HasSubstr("there is no block 1299"));
}

TEST_F(ReadPlanTest, TakesGroupsByName) {
  options = everything();
  ASSERT_TRUE(plan_it());
  const auto firsts = [&](const std::vector<std::string>& names) {
    std::vector<std::uint16_t> ids;
    const auto ranges = chosen_blocks(plan, names, {});
    for (const RegisterRange& range : std::get<0>(ranges)) ids.push_back(range.first);
    return ids;
  };
  const auto battery = firsts({"battery"});
  ASSERT_FALSE(battery.empty());
  for (const std::uint16_t id : battery) EXPECT_EQ(plan.catalog->block(id)->poll, "battery");
  auto both = battery;
  both.insert(both.begin(), 1300);
  EXPECT_EQ(firsts({"1300", "battery", "battery"}), both);
  const auto unknown = chosen_blocks(plan, std::vector<std::string>{"batery"}, {});
  EXPECT_THAT(std::get<std::string>(unknown), HasSubstr("did you mean 'battery'"));
}

TEST_F(ReadPlanTest, WhatIsOnlyPushedIsNotPolledMostOften) {
  write_config("poll = { core = \"push\", grid = 7, battery = \"off\" }\n");
  ASSERT_TRUE(plan_it());
  for (const std::uint16_t id : most_polled_blocks(plan.station)) EXPECT_NE(plan.catalog->block(id)->poll, "core");
  for (const std::uint16_t id : polled_blocks(plan.station)) EXPECT_NE(plan.catalog->block(id)->poll, "battery");
  EXPECT_EQ(plan.station.poll.at(100), 0);
}

}  // namespace
}  // namespace bluetti::test
