// SPDX-License-Identifier: MIT
#include "gateway/local/supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "gateway/local/supervised_client.h"
#include "tests/support/config_fixture.h"
#include "tests/support/fakes.h"

namespace bluetti::gateway {
namespace {

using test::config_of;
using test::kAccount;
using test::kStation;
using test::problems_of;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kAnswer =
    R"({"result":"ok","data":{"addon":"core_mosquitto","host":"core-mosquitto","port":1883,"ssl":false,)"
    R"("protocol":"3.1.1","username":"addons","password":"made-up"}})";

std::string problem_in(const SupervisorAnswer& answer) {
  const auto* problem = std::get_if<std::string>(&answer);
  return problem ? *problem : "(no problem)";
}

TEST(Supervisor, NamesBrokerUserAndPassword) {
  const auto broker = std::get<NamedBroker>(broker_named_by(200, kAnswer));
  EXPECT_EQ(broker.url.text(), "mqtt://core-mosquitto:1883");
  EXPECT_EQ(broker.username, "addons");
  EXPECT_EQ(broker.password.reveal(), "made-up");
}

TEST(Supervisor, MayNameABrokerWithTlsAndWithoutLogin) {
  const auto broker =
      std::get<NamedBroker>(broker_named_by(200, R"({"data":{"host":"mqtt.lan","port":8883,"ssl":true}})"));
  EXPECT_EQ(broker.url.text(), "mqtts://mqtt.lan:8883");
  EXPECT_TRUE(broker.username.empty());
}

TEST(Supervisor, SaysWhatIsMissing) {
  EXPECT_THAT(problem_in(broker_named_by(400, R"({"result":"error","message":"Service not enabled"})")),
              HasSubstr("install the App \"Mosquitto broker\""));
  EXPECT_THAT(problem_in(broker_named_by(403, "")), HasSubstr("SUPERVISOR_TOKEN"));
  EXPECT_THAT(problem_in(broker_named_by(502, "<html>")), HasSubstr("status 502"));
  for (const char* body : {R"({"data":{}})", R"({"data":[]})", R"({"data":{"host":1,"port":"x"}})"}) {
    EXPECT_THAT(problem_in(broker_named_by(200, body)), HasSubstr("in a form that nobody knows")) << body;
  }
}

TEST(Supervisor, IsAskedWhereTheUrlSays) {
  const std::string text = "[local]\nurl = \"http://supervisor\"\n" + std::string(kAccount) + std::string(kStation);
  const Config config = config_of(text, {{"SUPERVISOR_TOKEN", "made-up"}});
  ASSERT_TRUE(config.local.supervisor);
  EXPECT_EQ(config.local.supervisor->host, "supervisor");
  EXPECT_EQ(config.local.supervisor->port, 80);
  EXPECT_THAT(
      problems_of(text),
      ElementsAre("gateway.toml:2:7: local.url: SUPERVISOR_TOKEN is not set: only an App of Home Assistant has a "
                  "Supervisor to ask"));
}

// One try to connect: the Supervisor's answer given, what comes of it.
struct Tried {
  ConnectionOptions options;
  std::string failure;
};
Tried try_with(SupervisorAnswer answer, LocalConfig local = {}) {
  local.supervisor = SupervisorConfig{.host = "supervisor", .token = {}};
  std::promise<Tried> outcome;
  const auto make = [&](const ConnectionOptions& options) {
    outcome.set_value({options, ""});
    return std::make_unique<test::RecordingClient>(std::make_shared<test::ClientRecord>());
  };
  const auto sink = [&](const Event& event) { outcome.set_value({{}, std::get<ConnectFailed>(event).reason}); };
  const auto client = make_supervised_client(
      local, [&](const SupervisorConfig&) { return answer; }, make, sink);
  EXPECT_FALSE(client->publish("topic", "before", {.retained = true})) << "not connected yet";
  client->connect();
  return outcome.get_future().get();
}

TEST(SupervisedClient, ConnectsToWhatIsNamed) {
  const Tried tried = try_with(broker_named_by(200, kAnswer));
  EXPECT_EQ(tried.options.url.text(), "mqtt://core-mosquitto:1883");
  EXPECT_EQ(tried.options.username, "addons");
  EXPECT_EQ(tried.options.password.reveal(), "made-up");
  EXPECT_EQ(tried.options.will->topic, "bluetti/bridge/availability");
}

TEST(SupervisedClient, TheUsersOwnLoginWins) {
  const Tried tried = try_with(broker_named_by(200, kAnswer), {.username = "me", .password = Secret("mine")});
  EXPECT_EQ(tried.options.username, "me");
  EXPECT_EQ(tried.options.password.reveal(), "mine");
}

TEST(SupervisedClient, NoAnswerIsAFailureToConnect) {
  EXPECT_EQ(try_with("the Supervisor is away").failure, "the Supervisor is away");
}

}  // namespace
}  // namespace bluetti::gateway
