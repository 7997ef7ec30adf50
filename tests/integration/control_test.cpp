// SPDX-License-Identifier: MIT
// Settings changed as a person or Home Assistant changes them: the real binary, brokers with TLS, a simulated station
// that takes writes and needs two seconds until reading back tells something.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "protocol/envelope.h"
#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr auto npos = std::string::npos;

// What the gateway sends to stations, as another client of the cloud's broker sees it.
class WireTap {
 public:
  explicit WireTap(const Broker& broker) : process_(command(broker), dir_.path() / "requests") {}

  // The Modbus functions of all requests so far; 0: no frame.
  [[nodiscard]] std::multiset<int> functions() const {
    std::multiset<int> functions;
    std::istringstream lines(whole_lines(process_.output()));
    for (std::string line; std::getline(lines, line);) functions.insert(function_of(line));
    return functions;
  }

 private:
  static std::vector<std::string> command(const Broker& broker) {
    std::vector<std::string> command{"mosquitto_sub", "-F", "%x", "-t", "SUB/#"};
    for (const std::string& argument : broker.client_arguments()) command.push_back(argument);
    return command;
  }
  static int function_of(const std::string& hex) {
    std::vector<std::byte> bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
      bytes.push_back(static_cast<std::byte>(std::stoi(hex.substr(at, 2), nullptr, 16)));
    }
    const auto opened = protocol::open(protocol::Envelope::v1_2, bytes);
    const auto* frame = std::get_if<protocol::Opened>(&opened);
    return frame != nullptr && frame->frame.size() > 1 ? std::to_integer<int>(frame->frame[1]) : 0;
  }

  TempDir dir_;
  Process process_;
};

class Control : public World {
 protected:
  void begin(const std::string& control = "[control]\nenabled = true\n", const std::string& more_local = {}) {
    setup.local = more_local;
    setup.id = "garage";
    setup.name = "Garage";
    setup.model = "ELITE200V2";
    setup.extra = control;
    start_simulator({"--model", "ELITE200V2", "--push-interval", "0"});
    ASSERT_TRUE(simulator->says("connected")) << simulator->output();
    start_gateway(setup);
    ASSERT_TRUE(reads("bluetti/garage/dc_eco", "OFF")) << gateway->output();
  }
  [[nodiscard]] json result() const {
    return json::parse(watcher.latest("bluetti/garage/control/result"), nullptr, false);
  }
  [[nodiscard]] Finished run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), gateway_binary());
    for (const char* more : {"--config", config.c_str(), "--json"}) arguments.emplace_back(more);
    return run_to_end(std::move(arguments));
  }
  // What comes back within six seconds: correlation data and payload.
  [[nodiscard]] Finished wish_over_mqtt5(const std::string& response_topic) const {
    std::vector<std::string> command{"mosquitto_rr", "-V", "5", "-W", "6", "-F", "%D %p", "-q", "1", "-m", "ON"};
    for (const char* more : {"-t", "bluetti/garage/dc_eco/set", "-D", "publish", "correlation-data", "call-17", "-e"}) {
      command.emplace_back(more);
    }
    command.push_back(response_topic);
    for (const std::string& argument : local.client_arguments()) command.push_back(argument);
    return run_to_end(std::move(command));
  }
  [[nodiscard]] json results_of(const Finished& finished) const {
    return json::parse(finished.output, nullptr, false).value("results", json::array());
  }

  GatewaySetup setup;
  WireTap wire{cloud};
  std::string config = (dir.path() / "gateway.toml").string();
};

TEST_F(Control, AWishByTopicIsConfirmedAndShown) {
  begin();
  local.publish("bluetti/garage/dc_eco/set", "ON");
  ASSERT_TRUE(reads_something("bluetti/garage/control/result")) << gateway->output();
  EXPECT_EQ(result()["path"], "dc_eco");
  EXPECT_EQ(result()["outcome"], "confirmed") << result();
  EXPECT_EQ(result()["before"], "OFF");
  EXPECT_EQ(result()["after"], "ON");
  EXPECT_TRUE(reads("bluetti/garage/dc_eco", "ON"));
  EXPECT_EQ(wire.functions().count(6), 1U) << "written once";
  EXPECT_EQ(retained().count("bluetti/garage/control/result"), 0U) << "an event, not a state";
}

TEST_F(Control, OverMqtt5TheOutcomeAlsoGoesToTheResponseTopicWithTheCorrelationData) {
  begin("[control]\nenabled = true\n", "protocol = \"5\"\n");
  const Finished asked = wish_over_mqtt5("my/answers");
  ASSERT_EQ(asked.code, 0) << asked.output << gateway->output();
  EXPECT_THAT(asked.output, testing::StartsWith("call-17 {"));
  EXPECT_THAT(asked.output, HasSubstr(R"("outcome":"confirmed")"));
  EXPECT_TRUE(reads_something("bluetti/garage/control/result"));
}

TEST_F(Control, OverMqtt5AWishPublishedAsRetainedIsRefusedEvenWhenItIsNew) {
  begin("[control]\nenabled = true\n", "protocol = \"5\"\n");
  local.publish("bluetti/garage/dc_eco/set", "ON", true);
  ASSERT_TRUE(reads_something("bluetti/garage/control/result")) << gateway->output();
  EXPECT_EQ(result()["outcome"], "refused") << result();
  EXPECT_THAT(result().value("reason", ""), HasSubstr("retain"));
  EXPECT_EQ(wire.functions().count(6), 0U) << "nothing is written";
}

TEST_F(Control, NobodyIsAnsweredOnATopicOfValues) {
  begin("[control]\nenabled = true\n", "protocol = \"5\"\n");
  for (const char* topic : {"bluetti/garage/answer", "homeassistant/answer"}) {
    EXPECT_NE(wish_over_mqtt5(topic).code, 0) << topic;
    EXPECT_TRUE(gateway->says("no answer on '" + std::string(topic) + "'")) << gateway->output();
  }
  EXPECT_TRUE(reads_something("bluetti/garage/control/result"));
}

TEST_F(Control, HomeAssistantIsOfferedWhatMayBeChanged) {
  begin();
  ASSERT_TRUE(eventually([&] { return watcher.latest(kDocument).find("dc_eco_control") != npos; }));
  const json components = json::parse(watcher.latest(kDocument))["components"];
  EXPECT_EQ(components["dc_eco_control"]["command_topic"], "bluetti/garage/dc_eco/set");
  EXPECT_EQ(components["time_slot_1_control"]["platform"], "text");
  EXPECT_EQ(components["control_undo"]["command_topic"], "bluetti/garage/control/undo");
}

TEST_F(Control, TheExamplesForHomeAssistantNameWhatThereIs) {
  begin();
  ASSERT_TRUE(eventually([&] { return watcher.latest(kDocument).find("grid_import_current_limit_control") != npos; }));
  const auto document = dir.write("document.json", watcher.latest(kDocument));
  const std::string root = SOURCE_ROOT;
  const Finished check = run_to_end({"python3", root + "/tests/integration/check_examples.py",
                                     root + "/docs/control.md", document.string(), "garage_"});
  if (check.code == 77) GTEST_SKIP() << "no YAML library for Python";
  EXPECT_EQ(check.code, 0) << check.output;
}

TEST_F(Control, ATimeSlotIsWrittenAsAWholeAndTheButtonTakesItBack) {
  begin();
  ASSERT_TRUE(reads("bluetti/garage/time_slot/1", "off"));
  local.publish("bluetti/garage/time_slot/1/set", "charge 01:00-05:00");
  EXPECT_TRUE(reads("bluetti/garage/time_slot/1", "charge 01:00-05:00")) << gateway->output();
  EXPECT_EQ(wire.functions().count(16), 1U);
  local.publish("bluetti/garage/control/undo", "PRESS");
  EXPECT_TRUE(reads("bluetti/garage/time_slot/1", "off")) << gateway->output();
}

TEST_F(Control, TheCommandLineSetsAndUndoes) {
  begin();
  const std::string before = watcher.latest("bluetti/garage/soc_high_limit");
  ASSERT_FALSE(before.empty());
  ASSERT_NE(before, "80");
  const Finished set = run({"set", "garage", "soc_high_limit=80"});
  EXPECT_EQ(set.code, 0) << set.output;
  EXPECT_EQ(results_of(set)[0]["outcome"], "confirmed") << set.output;
  EXPECT_EQ(results_of(set)[0]["before"], before);
  EXPECT_TRUE(reads("bluetti/garage/soc_high_limit", "80"));

  const Finished undo = run({"undo", "garage"});
  EXPECT_EQ(undo.code, 0) << undo.output;
  EXPECT_EQ(results_of(undo)[0]["after"], before) << undo.output;
  EXPECT_TRUE(reads("bluetti/garage/soc_high_limit", before));
}

TEST_F(Control, ADryRunShowsTheFrameAndSendsNothing) {
  begin();
  const Finished set = run({"set", "garage", "dc_eco=ON", "--dry-run"});
  EXPECT_EQ(set.code, 0) << set.output;
  EXPECT_THAT(results_of(set)[0].value("frame", ""), HasSubstr("07de")) << "register 2014, " << set.output;
  EXPECT_EQ(watcher.latest("bluetti/garage/dc_eco"), "OFF");
  for (const int function : wire.functions()) ASSERT_EQ(function, 3);
}

TEST_F(Control, ARefusalSaysWhy) {
  begin();
  const Finished set = run({"set", "garage", "soc_high_limit=101"});
  EXPECT_EQ(set.code, 1);
  EXPECT_EQ(results_of(set)[0]["outcome"], "refused") << set.output;
  EXPECT_THAT(results_of(set)[0].value("reason", ""), HasSubstr("100"));
}

TEST_F(Control, WhileItIsOffNothingButReadsIsOnTheWire) {
  begin("");
  for (const char* topic : {"dc_eco/set", "time_slot/1/set", "control/undo"}) {
    local.publish(std::string("bluetti/garage/") + topic, "ON");
  }
  const std::size_t so_far = wire.functions().size();
  ASSERT_TRUE(eventually([&] { return wire.functions().size() > so_far + 5; }));
  for (const int function : wire.functions()) ASSERT_EQ(function, 3);
  EXPECT_EQ(watcher.latest("bluetti/garage/control/result"), "");
  EXPECT_EQ(watcher.latest("bluetti/garage/dc_eco"), "OFF");
  EXPECT_EQ(watcher.latest(kDocument).find("dc_eco_control"), npos);
}

}  // namespace
}  // namespace bluetti::test
