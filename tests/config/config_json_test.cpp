// SPDX-License-Identifier: MIT
// Options as Home Assistant hands them to its Apps: the same keys, in JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_fixture.h"
#include "tests/support/fakes.h"

namespace bluetti::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kOptions = R"({
  "local": {"base": "home", "heartbeat": 60, "json_state": true, "username": null},
  "account": [{"id": "home", "url": "mqtts://cloud.example", "certificate": "/config/home.pfx"}],
  "station": [{"id": "garage", "model": "TEST", "serial": "2345000000001", "poll": {"core": 2.5}}]
})";

ConfigResult read(std::string_view text) {
  return parse_config(text, "/data/options.json", test::environment_of({}), test::test_catalog());
}

std::vector<std::string> problems(std::string_view text) {
  const auto result = read(text);
  std::vector<std::string> texts;
  for (const auto& problem : std::get<std::vector<schemas::Problem>>(result)) texts.push_back(problem.text());
  return texts;
}

TEST(JsonConfig, HasTheKeysOfTheToml) {
  const auto result = read(kOptions);
  ASSERT_TRUE(std::holds_alternative<Config>(result));
  const Config& config = std::get<Config>(result);
  EXPECT_EQ(config.local.base, "home");
  EXPECT_EQ(config.local.heartbeat, std::chrono::seconds(60));
  EXPECT_TRUE(config.local.json_state);
  EXPECT_EQ(config.local.username, "") << "null is not given";
  EXPECT_EQ(config.accounts.at(0).certificate, "/config/home.pfx");
  EXPECT_EQ(config.stations.at(0).poll.at(100), 2.5);
  EXPECT_EQ(config.state_file, "/data/options.state.json");
}

TEST(JsonConfig, RefusesWhatTheTomlRefuses) {
  EXPECT_THAT(problems(R"({"locla": {}})"), testing::Contains(HasSubstr("/data/options.json: locla: ")));
  EXPECT_THAT(problems(R"({"local": {"base": 7}})"), testing::Contains(HasSubstr("local.base")));
}

TEST(JsonConfig, MustBeAnObject) {
  EXPECT_THAT(problems("[]"), ElementsAre("/data/options.json: must be a JSON object"));
  EXPECT_THAT(problems("{\"local\": "), ElementsAre(HasSubstr("parse error at line 1")));
}

}  // namespace
}  // namespace bluetti::gateway
