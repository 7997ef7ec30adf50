// SPDX-License-Identifier: MIT
// What Home Assistant sees of control: entities come and go with the configuration, time slots are shown as they are
// wished, and the button takes the last change back.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/envelope.h"
#include "protocol/write.h"
#include "tests/daemon/stepped_gateway.h"

namespace bluetti::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::string_view kSettings = R"(
id = 300
name = "settings"
prefix = ""
poll = "core"
registers = 10
evidence = "verified"
devices = ["MADE"]
fields = [
  { name = "eco", register = 300, type = "bool", write = {} },
  { name = "ac_output", register = 301, type = "bool", write = { consent = "outputs" } },
]

[[group]]
name = "time_slots"
topic = "time_slot"
title = "Time slot"
count = 2
register = 304
stride = 3
write = { function = 16 }
fields = [
  { name = "action", register = 0, type = "enum", base = "u8", options = { 0 = "off", 1 = "charge" } },
  { name = "start_hour", register = 1, half = "high", type = "u8", max = 24 },
  { name = "start_minute", register = 1, type = "u8", max = 59 },
  { name = "end_hour", register = 2, half = "high", type = "u8", max = 24 },
  { name = "end_minute", register = 2, type = "u8", max = 59 },
]
)";

constexpr std::string_view kModel = R"(
name = "MADE"
title = "Made up"
evidence = "verified"
protocol_version = 2000
envelope = "v1.2"
unit = 0
blocks = [300]
poll = { core = 5 }
write = { settle = 1 }

[[setting]]
field = ["eco", "ac_output", "time_slots"]
evidence = "verified"
source = "made up"
)";

const schemas::Catalog& made_up() {
  static const schemas::Catalog catalog = [] {
    schemas::Catalog made;
    made.add("blocks/settings.toml", kSettings);
    made.add("models/made.toml", kModel);
    made.finish();
    for (const auto& problem : made.problems()) throw std::logic_error(problem.text());
    return made;
  }();
  return catalog;
}

class ControlledGateway : public SteppedGateway {
 protected:
  void SetUp() override { build(config(false), made()); }

  static std::shared_ptr<const schemas::Catalog> made() {
    return {&made_up(), [](const auto*) {}};
  }
  static gateway::Config config(bool control, std::vector<std::string> consents = {}) {
    gateway::Config config = test_config();
    config.control.enabled = control;
    gateway::StationConfig& station = config.stations[0];
    station.model = made_up().model("MADE");
    station.cloud_model = "MADE";
    station.poll = {{300, 5.0}};
    station.consents = std::move(consents);
    return config;
  }
  void reload(gateway::Config with) {
    daemon->reload(std::make_shared<gateway::Config>(std::move(with)), made(), clock.now());
    live(5s);
  }
  // The station answers whatever it is asked, and does what it is told.
  void live(gateway::Duration time, gateway::Duration step = 100ms) {
    for (const auto end = clock.now() + time; clock.now() < end;) {
      clock.advance(step);
      tick();
      for (; served < cloud->published.size(); ++served) answer_to(cloud->published[served].payload);
      tick();
    }
  }
  void answer_to(const std::string& payload) {
    const auto opened = protocol::open(protocol::Envelope::v1_2, std::as_bytes(std::span(payload)));
    const auto received = protocol::parse_write_request(std::get<protocol::Opened>(opened).frame);
    if (const auto* write = std::get_if<protocol::ReceivedWrite>(&received)) {
      eco = write->values().front() != 0;
      return arrive(payload, "PUB/MADE/1001");  // of one register, the echo is the request
    }
    arrive(answer(std::string("000") + (eco ? "1" : "0") + "0001 0000 0000" + slots), "PUB/MADE/1001");
  }
  void start() {
    connect_both();
    live(5s);
  }
  void send(const std::string& topic, const std::string& payload) {
    daemon->handle(gateway::MessageArrived{kLocal, nullptr, topic, payload, false, clock.now()}, clock.now());
    live(6s);
  }
  [[nodiscard]] json components() const {
    return json::parse(local->last("homeassistant/device/bluetti_1001/config")).at("components");
  }

  bool eco = false;
  std::string slots = "0001 0100 051e 0000 0000 0000";
  std::size_t served = 0;
};

TEST_F(ControlledGateway, ShowsNoSettingWhileControlIsOff) {
  start();
  EXPECT_TRUE(components().contains("eco"));
  EXPECT_FALSE(components().contains("eco_control"));
  EXPECT_FALSE(components().contains("control_undo"));
  EXPECT_EQ(local->last("bluetti/one/time_slot/1"), "(none)");
}

TEST_F(ControlledGateway, ReadsAndNothingElseForAWholeDayWhileControlIsOff) {
  start();
  for (int hour = 0; hour < 24; ++hour) {
    for (const char* topic : {"eco/set", "ac_output/set", "time_slot/1/set", "control/undo", "boost"}) {
      daemon->handle(gateway::MessageArrived{kLocal, nullptr, std::string("bluetti/one/") + topic, "ON", hour % 2 == 0,
                                             clock.now()},
                     clock.now());
    }
    if (hour % 6 == 5) {
      daemon->handle(gateway::ConnectionLost{kCloud, "reset"}, clock.now());
      live(10min, 1s);
      daemon->handle(gateway::Connected{kCloud}, clock.now());
    }
    live(1h, 1s);
  }
  EXPECT_GT(cloud->published.size(), 24U * 3600 / 5 / 2) << "it was polled all day";
  for (const Published& request : cloud->published) ASSERT_EQ(asked_function(request.payload), 3);
}

TEST_F(ControlledGateway, ShowsSettingsFromTheReloadOnThatSwitchesControlOn) {
  start();
  reload(config(true));
  const json shown = components();
  EXPECT_EQ(shown["eco_control"]["platform"], "switch");
  EXPECT_EQ(shown["eco"]["platform"], "binary_sensor") << "what shows the value stays";
  EXPECT_EQ(shown["time_slot_2_control"]["platform"], "text");
  EXPECT_TRUE(shown.contains("control_undo"));
  EXPECT_FALSE(shown.contains("ac_output_control")) << "nobody has consented";
}

TEST_F(ControlledGateway, ShowsWhatCanHurtOnlyWithConsent) {
  build(config(true, {"outputs"}), made());
  start();
  EXPECT_EQ(components()["ac_output_control"]["device_class"], "outlet");
  reload(config(true));
  EXPECT_EQ(components()["ac_output_control"], json::parse(R"({"platform":"switch"})")) << "taken away, for a day";
}

TEST_F(ControlledGateway, TellsResultsUnderTheStationsNewName) {
  build(config(true), made());
  start();
  gateway::Config renamed = config(true);
  renamed.stations[0].id = "garage";
  reload(std::move(renamed));
  send("bluetti/garage/eco/set", "ON");
  EXPECT_THAT(local->last("bluetti/garage/control/result"), HasSubstr(R"("outcome":"confirmed")"));
  EXPECT_EQ(remembered.stations.at("1001").values_before.at("eco"), "OFF") << "so that it can be undone";
}

TEST_F(ControlledGateway, TakesSettingsAwayWhenControlIsSwitchedOff) {
  build(config(true), made());
  start();
  EXPECT_TRUE(components().contains("eco_control"));
  local->published.clear();
  reload(config(false));
  const auto first = std::ranges::find(local->published, "homeassistant/device/bluetti_1001/config", &Published::topic);
  ASSERT_NE(first, local->published.end());
  EXPECT_EQ(json::parse(first->payload)["components"]["eco_control"], json::parse(R"({"platform":"switch"})"));
  EXPECT_EQ(local->last("bluetti/one/time_slot/1"), "") << "cleared";
}

TEST_F(ControlledGateway, PublishesTimeSlotsAsTheyAreWished) {
  build(config(true), made());
  start();
  EXPECT_EQ(local->last("bluetti/one/time_slot/1"), "charge 01:00-05:30");
  EXPECT_EQ(local->last("bluetti/one/time_slot/2"), "off");
  const auto sent = std::ranges::find(local->published, "bluetti/one/time_slot/1", &Published::topic);
  ASSERT_NE(sent, local->published.end());
  EXPECT_TRUE(sent->retained);

  const std::size_t of_the_second = local->count("bluetti/one/time_slot/2");
  slots = "0001 0200 051e 0000 0000 0000";
  live(6s);
  EXPECT_EQ(local->last("bluetti/one/time_slot/1"), "charge 02:00-05:30");
  EXPECT_EQ(local->count("bluetti/one/time_slot/2"), of_the_second) << "only what has changed";

  slots = "0007 0200 051e 0000 0000 0000";
  live(6s);
  EXPECT_EQ(local->last("bluetti/one/time_slot/1"), "") << "an action that nobody knows is no time slot";
}

TEST_F(ControlledGateway, TheUndoTopicTakesTheLastChangeBack) {
  build(config(true), made());
  start();
  send("bluetti/one/eco/set", "ON");
  EXPECT_THAT(local->last("bluetti/one/control/result"), HasSubstr(R"("outcome":"confirmed")"));
  EXPECT_EQ(local->last("bluetti/one/eco"), "ON");

  send("bluetti/one/control/undo", "PRESS");
  EXPECT_THAT(local->last("bluetti/one/control/result"), HasSubstr(R"("wanted":"OFF","before":"ON","after":"OFF")"));
  EXPECT_EQ(local->last("bluetti/one/eco"), "OFF");
  EXPECT_FALSE(eco);
}

TEST_F(ControlledGateway, KeepsTheEntitiesOfSettingsOverARestart) {
  build(config(true), made());
  start();
  remembered = daemon->state();
  const json before = components();
  local->published.clear();
  served = 0;
  cloud->published.clear();
  build(config(true), made());
  daemon->handle(gateway::Connected{kLocal}, clock.now());
  tick();
  EXPECT_EQ(components(), before) << "before the station has answered";
}

}  // namespace
}  // namespace bluetti::test
