// SPDX-License-Identifier: MIT
// From one run of the real binary to the next: what an earlier configuration has left is cleared, identity stays, and
// energies go on where they stood. Then how soon everything is there.
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using nlohmann::json;

constexpr const char* kSecondDocument = "homeassistant/device/bluetti_2345000000002/config";
constexpr const char* kSecondStation =
    "[[station]]\nid = \"garage\"\nname = \"Garage\"\nmodel = \"AP300\"\nserial = \"2345000000002\"\n";

class Restart : public World {
 protected:
  void SetUp() override {
    start_simulator({"--stations", "2", "--push-interval", "0"});
    ASSERT_TRUE(simulator->says("connected")) << simulator->output();
  }
  // Starts and waits until the station has been read.
  void run(const GatewaySetup& setup, const std::string& prefix = "homeassistant") {
    begin = watcher.messages().size();
    start_gateway(setup);
    EXPECT_TRUE(eventually([&] { return !first_on("bluetti/" + setup.id + "/inverter_frequency").empty(); }))
        << gateway->output();
    EXPECT_TRUE(eventually([&] { return !components(prefix, setup.serial).is_null(); })) << gateway->output();
  }
  void stop() {
    gateway->signal(SIGTERM);
    EXPECT_EQ(gateway->wait(), 0) << gateway->output();
  }

  // What was first published on a topic in this run.
  [[nodiscard]] std::string first_on(const std::string& topic) const {
    const auto messages = watcher.messages();
    for (std::size_t index = begin; index < messages.size(); ++index) {
      if (messages[index].first == topic) return messages[index].second;
    }
    return {};
  }

  [[nodiscard]] json document(const std::string& prefix = "homeassistant",
                              const std::string& serial = "2345000000001") const {
    const std::string text = watcher.latest(prefix + "/device/bluetti_" + serial + "/config");
    return text.empty() ? json() : json::parse(text);
  }
  [[nodiscard]] json components(const std::string& prefix = "homeassistant",
                                const std::string& serial = "2345000000001") const {
    const json found = document(prefix, serial);
    return found.is_null() ? found : found.at("components");
  }
  // Of the entities that a document has, not of those it takes away.
  [[nodiscard]] static std::map<std::string, std::string> unique_ids(const json& components) {
    std::map<std::string, std::string> ids;
    for (const auto& [key, component] : components.items()) {
      if (component.contains("unique_id")) ids[key] = component.at("unique_id");
    }
    return ids;
  }
  [[nodiscard]] bool has(const std::string& component) const {
    const json all = components();
    return all.contains(component) && all.at(component).contains("unique_id");
  }
  // The entities of a station that has answered everything.
  [[nodiscard]] std::map<std::string, std::string> settled() const {
    EXPECT_TRUE(reads_something("bluetti/living_room/iot_firmware")) << gateway->output();
    EXPECT_TRUE(eventually([&] { return has("cell_16_voltage"); })) << gateway->output();
    return unique_ids(components());
  }
  [[nodiscard]] bool any_topic_below(const std::string& root) const { return !retained(root + "/#").empty(); }

  std::size_t begin = 0;  // of this run, among what the watcher has read
};

TEST_F(Restart, WithTheSameConfigurationNoEntityGoesNorComes) {
  run({});
  const auto before = settled();
  stop();
  run({});
  ASSERT_TRUE(eventually([&] { return !first_on("bluetti/living_room/cell/16/voltage").empty(); }));
  const auto messages = watcher.messages();
  for (std::size_t index = begin; index < messages.size(); ++index) {
    if (messages[index].first != kDocument) continue;
    EXPECT_EQ(unique_ids(json::parse(messages[index].second).at("components")), before);
  }
}

TEST_F(Restart, TheFirmwareOfAStationIsTheSoftwareVersionOfItsDevice) {
  run({});
  const std::string topic = "bluetti/living_room/inverter_firmware/1/version";
  ASSERT_TRUE(reads_something(topic)) << gateway->output();
  EXPECT_TRUE(eventually([&] { return document().at("device").value("sw_version", "") == watcher.latest(topic); }));
}

TEST_F(Restart, AnotherDiscoveryPrefixLeavesNothingUnderTheOldOne) {
  run({});
  const auto before = settled();
  stop();
  run({.extra = "[discovery]\nprefix = \"ha\"\n"}, "ha");
  EXPECT_TRUE(eventually([&] { return retained("homeassistant/#").empty(); })) << gateway->output();
  EXPECT_TRUE(eventually([&] {
    const auto now = unique_ids(components("ha"));
    return std::ranges::includes(now, before);
  })) << gateway->output();
  EXPECT_TRUE(eventually([&] { return retained("ha/#").size() == 2; })) << "station and bridge";
}

TEST_F(Restart, ARenamedStationKeepsItsIdentityAndLeavesNoTopics) {
  run({});
  const auto before = settled();
  stop();
  run({.id = "kitchen", .name = "Kitchen"});
  EXPECT_FALSE(any_topic_below("bluetti/living_room"));
  EXPECT_TRUE(eventually([&] { return document().at("device").at("name") == "Kitchen"; }));
  EXPECT_TRUE(std::ranges::includes(unique_ids(components()), before));
  EXPECT_EQ(components().at("soc").at("state_topic"), "bluetti/kitchen/soc");
  EXPECT_EQ(retained("homeassistant/#").size(), 2U);
}

TEST_F(Restart, ACorrectedModelTakesAwayWhatTheStationDoesNotHave) {
  const GatewaySetup corrected{.model = "EL100V2", .extra = "[defaults]\ncloud_model = \"AP300\"\n"};
  run({});
  ASSERT_TRUE(reads_something("bluetti/living_room/cell/16/voltage")) << gateway->output();
  ASSERT_TRUE(eventually([&] { return has("cell_16_voltage"); }));
  const std::string soc = components().at("soc").at("unique_id");
  stop();
  run(corrected);
  const json gone = {{"platform", "sensor"}};
  EXPECT_TRUE(eventually([&] { return components().value("cell_16_voltage", json()) == gone; }))
      << "said to be gone, for a day";
  EXPECT_FALSE(any_topic_below("bluetti/living_room/cell"));
  EXPECT_FALSE(any_topic_below("bluetti/living_room/iot_firmware"));
  EXPECT_EQ(document().at("device").at("model"), "Elite 100 V2");
  EXPECT_EQ(components().at("soc").at("unique_id"), soc);
}

TEST_F(Restart, AStationTakenOutOfTheConfigurationLeavesNothing) {
  run({.extra = kSecondStation});
  ASSERT_TRUE(reads("bluetti/garage/availability", "online")) << gateway->output();
  ASSERT_TRUE(eventually([&] { return retained("homeassistant/#").contains(kSecondDocument); }));
  stop();
  run({});
  EXPECT_TRUE(eventually([&] { return !retained("homeassistant/#").contains(kSecondDocument); })) << gateway->output();
  EXPECT_FALSE(any_topic_below("bluetti/garage"));
  EXPECT_TRUE(retained("homeassistant/#").contains(kDocument)) << "the other one stays";
}

TEST_F(Restart, ASecondStationLeavesTheFirstAsItIs) {
  run({});
  const auto before = settled();
  stop();
  run({.extra = kSecondStation});
  ASSERT_TRUE(reads("bluetti/garage/availability", "online")) << gateway->output();
  EXPECT_TRUE(std::ranges::includes(unique_ids(components()), before));
  EXPECT_TRUE(eventually([&] { return retained("homeassistant/#").size() == 3; })) << "two stations and the bridge";
}

TEST_F(Restart, EnergiesGoOnWhereTheyStood) {
  const GatewaySetup setup{.extra = "[publish]\ndefaults = false\n"};
  run(setup);
  ASSERT_TRUE(reads_something("bluetti/living_room/grid_charge_energy")) << gateway->output();
  stop();
  const std::filesystem::path file = dir.path() / "gateway.state.json";
  std::ifstream stream(file);
  json state = json::parse(stream);
  json& counters = state.at("stations").at("2345000000001").at("counters");
  ASSERT_TRUE(counters.contains("grid_charge_energy")) << state.dump(1);
  counters["grid_charge_energy"] = 99999.5;  // as if the station had been there
  counters["pack_charge_energy_integrated"] = 12.345;
  std::ofstream(file) << state;
  run(setup);
  EXPECT_EQ(first_on("bluetti/living_room/grid_charge_energy"), "99999.5") << "less is not believed at once";
  EXPECT_TRUE(first_on("bluetti/living_room/pack_charge_energy_integrated").starts_with("12.3"));
  EXPECT_TRUE(eventually([&] { return watcher.latest("bluetti/living_room/grid_charge_energy") != "99999.5"; }))
      << "in the end it is";
}

// SIGNAL_ROUNDS: how many starts, each with a restart and a signal at another moment of it.
TEST_F(World, ASignalWhileItRestartsIsNotLost) {
  const char* wanted = std::getenv("SIGNAL_ROUNDS");
  const int rounds = wanted != nullptr ? std::atoi(wanted) : 10;
  int lost = 0;
  for (int round = 0; round < rounds; ++round) {
    start_gateway();
    ASSERT_TRUE(gateway->says("[local] connected")) << gateway->output();
    local.publish("bluetti/bridge/restart/set", "PRESS");
    ASSERT_TRUE(gateway->says("restart requested")) << gateway->output();
    static_cast<void>(gateway->says("what it never says", std::chrono::milliseconds(round % 10 * 10)));
    gateway->signal(SIGTERM);
    const std::optional<int> code = gateway->wait();
    lost += code ? 0 : 1;
    EXPECT_EQ(code.value_or(0), 0) << gateway->output();
    gateway.reset();
  }
  std::cout << lost << " of " << rounds << " signals lost\n";
  EXPECT_EQ(lost, 0);
}

TEST_F(World, AFloodOfRestartsIsOneAtOnceAndOneAMinuteLater) {
  start_gateway();
  ASSERT_TRUE(gateway->says("[local] connected")) << gateway->output();
  // Those that come while it restarts reach nobody.
  EXPECT_TRUE(eventually([this] {
    local.publish("bluetti/bridge/restart/set", "PRESS");
    return gateway->times_said("at most one restart a minute") > 0;
  })) << gateway->output();
  EXPECT_EQ(gateway->times_said("at most one restart a minute"), 1U) << "announced once";
  EXPECT_EQ(gateway->times_said("bluetti-gateway 0.1.0: "), 2U) << gateway->output();
  gateway->signal(SIGTERM);
  EXPECT_EQ(gateway->wait(), 0) << "a wish that waits does not hold up the end";
}

// How long after the local broker's answer the last of the entities that are shown from the start has its document, its
// availability and its value. Times are those of a subscriber.
class Readiness : public Restart {
 protected:
  struct Arrival {
    double at;  // s
    std::string topic;
    std::string payload;
  };

  std::vector<Arrival> arrivals() const {
    std::vector<Arrival> result;
    std::istringstream lines(whole_lines(stopwatch_.output()));
    for (std::string line; std::getline(lines, line);) {
      const std::size_t first = line.find('\t');
      const std::size_t second = line.find('\t', first + 1);
      if (second == std::string::npos) continue;
      result.push_back({std::stod(line), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
    }
    return result;
  }

  // Seconds; nothing while anything is not there yet.
  std::optional<double> usable_after(std::size_t from) const {
    const auto all = arrivals();
    const auto since = std::span(all).subspan(std::min(from, all.size()));
    const auto arrived = [&](const std::string& topic, const std::string& payload) -> std::optional<double> {
      for (const Arrival& one : since) {
        if (one.topic == topic && !one.payload.empty() && (payload.empty() || one.payload == payload)) return one.at;
      }
      return std::nullopt;
    };
    const json shown = components();
    if (shown.is_null()) return std::nullopt;
    double last = 0;
    for (const auto& [id, component] : shown.items()) {
      if (!component.contains("state_topic") || component.value("enabled_by_default", true) == false) continue;
      const auto at = arrived(component.at("state_topic"), "");
      const bool is_pending = !at && !watcher.latest(component.at("state_topic")).empty();
      if (is_pending) return std::nullopt;
      last = std::max({last, at.value_or(0), named_at(since, id)});
    }
    const auto answered = arrived("bluetti/bridge/availability", "online");
    const auto online = arrived("bluetti/living_room/availability", "online");
    if (!answered || !online) return std::nullopt;
    return std::max(last, *online) - *answered;
  }

  // When a document first had this entity; 0: it was there before.
  static double named_at(std::span<const Arrival> since, const std::string& id) {
    for (const Arrival& one : since) {
      if (one.topic != kDocument || one.payload.empty()) continue;
      const json all = json::parse(one.payload).at("components");
      if (all.contains(id) && all.at(id).contains("unique_id")) return one.at;
    }
    return 0;
  }

  void measure(const char* what) {
    const std::size_t from = arrivals().size();
    start_gateway();
    ASSERT_TRUE(reads_something("bluetti/living_room/cell/16/voltage")) << gateway->output();
    ASSERT_TRUE(eventually([&] { return has("cell_16_voltage"); }));
    ASSERT_TRUE(eventually([&] { return usable_after(from).has_value(); })) << gateway->output();
    const double seconds = *usable_after(from);
    std::cout << "entities usable " << seconds << " s after the local broker's answer, at a " << what << '\n';
    EXPECT_LT(seconds, 10) << "two seconds on an idle machine";
  }

 private:
  static std::vector<std::string> stopwatch(const Broker& broker) {
    std::vector<std::string> command{"mosquitto_sub", "-t", "#", "-F", "%U\t%t\t%p"};
    for (const std::string& argument : broker.client_arguments()) command.push_back(argument);
    return command;
  }
  Process stopwatch_{stopwatch(local), dir.path() / "stopwatch"};
};

TEST_F(Readiness, EntitiesAreUsableSoonAfterTheFirstStartAndAfterARestart) {
  measure("first start");
  stop();
  measure("restart");
}

}  // namespace
}  // namespace bluetti::test
