// SPDX-License-Identifier: MIT
// `via` and `lan` of a station.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_fixture.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using schemas::Way;
using testing::ElementsAre;
using testing::HasSubstr;

gateway::ConfigResult parsed(const std::string& keys, const std::string& accounts = "") {
  const gateway::Environment environment{.variable = [](std::string_view) { return std::nullopt; },
                                         .names = [] { return std::vector<std::string>(); }};
  return gateway::parse_config(accounts + "[[station]]\nid = \"balcony\"\nserial = \"1\"\n" + keys, "gateway.toml",
                               environment, built_in_catalog());
}

gateway::StationConfig station_of(const std::string& keys, const std::string& accounts = "") {
  auto result = parsed(keys, accounts);
  const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result);
  for (const auto& problem : problems ? *problems : std::vector<schemas::Problem>()) ADD_FAILURE() << problem.text();
  return problems ? gateway::StationConfig{} : std::get<gateway::Config>(result).stations.at(0);
}

std::string ways_problems(const std::string& keys, const std::string& accounts = "") {
  const auto result = parsed(keys, accounts);
  std::string text;
  const auto* found = std::get_if<std::vector<schemas::Problem>>(&result);
  for (const auto& problem : found ? *found : std::vector<schemas::Problem>()) text += problem.text() + "\n";
  return text;
}

constexpr const char* kHomeAccount = "[[account]]\nid = \"home\"\nurl = \"mqtt://127.0.0.1\"\n";

TEST(ConfigWays, AStationIsReadThroughTheCloudUnlessSaidOtherwise) {
  const auto plain = station_of("model = \"AP300\"\n", kHomeAccount);
  EXPECT_THAT(plain.via, ElementsAre(Way::cloud));
  EXPECT_FALSE(plain.poll.contains(50002));
}

TEST(ConfigWays, OnTheLocalNetworkAloneItNeedsNoAccountAndReadsOtherBlocks) {
  const auto lan = station_of("model = \"Balco260\"\nvia = [\"lan\"]\nlan = { host = \"192.0.2.1\" }\n");
  EXPECT_THAT(lan.via, ElementsAre(Way::lan));
  EXPECT_EQ(lan.lan.host, "192.0.2.1");
  EXPECT_EQ(lan.lan.port, 502);
  EXPECT_FALSE(lan.lan.unit.has_value());
  EXPECT_FALSE(lan.poll.contains(100));
  EXPECT_EQ(lan.poll.at(50001), 30);
  EXPECT_EQ(lan.poll.at(57001), 60);
}

TEST(ConfigWays, AHostIsANameOrAnAddressAndNothingElse) {
  const auto with_host = [](const std::string& host) {
    return ways_problems("model = \"FP\"\nvia = [\"lan\"]\nlan = { host = \"" + host + "\" }\n");
  };
  for (const char* good : {"192.168.1.20", "fridge.lan", "fd00::20", "::1", "fe80::1%eth0", "my-fridge_2"}) {
    EXPECT_EQ(with_host(good), "") << good;
  }
  for (const char* bad :
       {"192.168.1.20:502", "tcp://192.168.1.20", "http://fridge", "[::1]", "[::1]:502", "a b", "::g", "fe80::1%"}) {
    EXPECT_THAT(with_host(bad), HasSubstr("lan.host: '" + std::string(bad) + "' is not a name or an address")) << bad;
  }
}

TEST(ConfigWays, TwoStationsHaveTwoPlaces) {
  const auto second = [](const std::string& lan) {
    return ways_problems(
        "model = \"FP\"\nvia = [\"lan\"]\nlan = { host = \"fridge.lan\" }\n"
        "[[station]]\nid = \"two\"\nserial = \"2\"\nmodel = \"FP\"\nvia = [\"lan\"]\nlan = { " +
        lan + " }\n");
  };
  EXPECT_THAT(second("host = \"Fridge.lan\", port = 502"),
              HasSubstr("fridge.lan:502 is that of another station, in line 6"));
  EXPECT_EQ(second("host = \"fridge.lan\", port = 1502"), "");
}

TEST(ConfigWays, OnTheLocalNetworkAloneTheModelMayBeFoundOut) {
  const auto lan = station_of("via = [\"lan\"]\nlan = { host = \"a\" }\npoll = { lan_settings = 120 }\n");
  EXPECT_TRUE(lan.automatic);
  ASSERT_NE(lan.model, nullptr);
  EXPECT_TRUE(lan.model->is_abstract);
  EXPECT_EQ(lan.poll.size(), 2U) << "what tells the model, and nothing else";
}

TEST(ConfigWays, WithBothWaysTheBlocksOfBothAreRead) {
  const auto both = station_of(
      "model = \"AP300\"\nvia = [\"lan\", \"cloud\"]\nlan = { host = \"a\", port = 1502, unit = 1 }\n"
      "poll = { core = 10, lan = 5 }\n",
      kHomeAccount);
  EXPECT_THAT(both.via, ElementsAre(Way::lan, Way::cloud));
  EXPECT_EQ(both.account, "home");
  EXPECT_EQ(both.lan.unit, 1);
  EXPECT_EQ(both.poll.at(100), 10);
  EXPECT_EQ(both.poll.at(50002), 5);
}

TEST(ConfigWays, WhatIsWrongIsToldWithItsPlace) {
  EXPECT_THAT(ways_problems("model = \"Balco260\"\nvia = [\"lna\"]\n", kHomeAccount), HasSubstr("did you mean 'lan'?"));
  EXPECT_THAT(ways_problems("model = \"Balco260\"\nvia = [\"lan\", \"lan\"]\nlan = { host = \"a\" }\n"),
              HasSubstr("named twice"));
  EXPECT_THAT(ways_problems("model = \"Balco260\"\nvia = [\"lan\"]\n"), HasSubstr("lan: missing"));
  EXPECT_THAT(ways_problems("model = \"Balco260\"\nvia = [\"lan\"]\nlan = { port = 5 }\n"), HasSubstr("host: missing"));
  EXPECT_THAT(ways_problems("model = \"Balco260\"\nvia = [\"lan\"]\nlan = { host = \"a\", prot = 5 }\n"),
              HasSubstr("did you mean 'port'?"));
  EXPECT_THAT(ways_problems("model = \"AP300\"\nlan = { host = \"a\" }\n", kHomeAccount), HasSubstr("has no effect"));
  EXPECT_THAT(ways_problems("via = [\"lan\", \"cloud\"]\nlan = { host = \"a\" }\n", kHomeAccount),
              HasSubstr("'bluetti-gateway find a:502' tells it"));
  EXPECT_THAT(ways_problems("model = \"AC500\"\nvia = [\"lan\"]\nlan = { host = \"a\", unit = 2 }\n"),
              HasSubstr("stops answering until it is switched off"));
  EXPECT_THAT(ways_problems("model = \"AC500\"\nvia = [\"lan\"]\nlan = { host = \"a\", unit = 1 }\n"), "");
  EXPECT_THAT(ways_problems("via = [\"lan\"]\nlan = { host = \"a\", unit = 2 }\n"),
              HasSubstr("stops answering until it is switched off"));
  EXPECT_THAT(ways_problems("model = \"EL100V2\"\nvia = [\"lan\"]\nlan = { host = \"a\" }\n"),
              HasSubstr("nothing is known of the model Elite 100 V2 over Modbus TCP"));
  EXPECT_THAT(ways_problems("model = \"Transfer Hub\"\n", kHomeAccount), HasSubstr("set via = [\"lan\"]"));
  EXPECT_THAT(ways_problems("model = \"Balco260\"\nvia = [\"lan\"]\nlan = { host = \"a\" }\npoll = { lan = 2 }\n"),
              HasSubstr("every 5 seconds"));
  EXPECT_THAT(ways_problems("model = \"AP300\"\nvia = [\"lan\", \"cloud\"]\nlan = { host = \"a\" }\n"),
              HasSubstr("there is no [[account]] yet"));
}

}  // namespace
}  // namespace bluetti::test
