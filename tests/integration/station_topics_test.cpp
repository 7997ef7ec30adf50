// SPDX-License-Identifier: MIT
// Register images in, every retained topic out: an AP300 served block by block through both brokers.
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using Topics = std::map<std::string, std::string>;

// Lines of "topic = payload".
Topics read_topics(const std::filesystem::path& file) {
  Topics topics;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t at = line.find(" = ");
    topics[line.substr(0, at)] = line.substr(at + 3);
  }
  return topics;
}

class StationTopics : public World {
 protected:
  // What is retained now, but for sums, which go on with the time.
  Topics lasting() {
    Topics topics = retained("bluetti/living_room/#");
    std::erase_if(topics, [](const auto& topic) { return topic.first.ends_with("_integrated"); });
    return topics;
  }
  // Serves the images and returns what is retained when the last block has come through and nothing new comes.
  Topics serve(const std::filesystem::path& images) {
    start_simulator({"--captures", images.string(), "--push-interval", "0"});
    EXPECT_TRUE(simulator->says("connected")) << simulator->output();
    start_gateway();
    EXPECT_TRUE(reads_something("bluetti/living_room/cell/16/voltage")) << gateway->output();
    Topics topics = lasting();
    EXPECT_TRUE(eventually([&] {
      Topics before = std::exchange(topics, lasting());
      return before == topics;
    }));
    EXPECT_EQ(topics["bluetti/living_room/availability"], "online");
    topics.erase("bluetti/living_room/availability");
    return topics;
  }
};

// The images are composed: powers, energies, signs, bits and gaps chosen so that each row of a schema shows. The
// expected topics were written down from the chosen values.
TEST_F(StationTopics, EveryRetainedTopicOfAnAp300HasItsValue) {
  const std::filesystem::path data = std::filesystem::path(SOURCE_ROOT) / "tests" / "integration" / "data";
  EXPECT_EQ(serve(data / "ap300-composed.json"), read_topics(data / "ap300-composed.topics"));
}

// Where the reference captures are: what their finders read from the bytes, against what a subscriber reads.
struct Expected {
  const char* capture;
  const char* key;
  const char* topic;
};
constexpr Expected kExpected[] = {
    {"ap300-100", "pack_voltage_V", "pack_voltage"},
    {"ap300-100", "102 soc", "soc"},
    {"ap300-100", "104 minutes", "time_to_full"},
    {"ap300-100", "105 minutes", "time_to_empty"},
    {"ap300-100", "107 packs", "pack_count"},
    {"ap300-100", "110 model", "model"},
    {"ap300-100", "169 rate_voltage", "rated_voltage"},
    {"ap300-1200", "1200 total_W", "pv_total_power"},
    {"ap300-1200", "1202 energy_kWh", "pv_total_energy"},
    {"ap300-1200", "1209 ac_inputs", "pv_ac_inputs"},
    {"ap300-1200", "1209 dc_inputs", "pv_dc_inputs"},
    {"ap300-1300", "1300 freq_Hz", "grid_frequency"},
    {"ap300-1300", "1303 import_kWh", "grid_total_charge_energy"},
    {"ap300-1300", "1305 export", "grid_total_feed_energy"},
    {"ap300-1300", "1312 phases", "grid_phase_count"},
    {"ap300-1500", "1500 freq_Hz", "inverter_frequency"},
    {"ap300-1500", "1508 phases", "inverter_phase_count"},
    {"ap300-wire-pack-main", "6001 packs", "battery_pack_count"},
    {"ap300-wire-pack-main", "voltage_V", "battery_voltage"},
    {"ap300-wire-pack-main", "6004 current_A", "battery_current"},
    {"ap300-wire-pack-main", "6005 soc", "battery_soc"},
    {"ap300-wire-pack-main", "6006 soh", "battery_soh"},
    {"ap300-wire-pack-main", "6008 running_status", "battery_running_status"},
    {"ap300-wire-pack-main", "6017 minutes", "battery_time_to_full"},
    {"ap300-6100", "6101 type", "pack/1/type"},
    {"ap300-6100", "6111 voltage", "pack/1/voltage"},
    {"ap300-6100", "6112 current", "pack/1/current"},
    {"ap300-6100", "6113 soc", "pack/1/soc"},
    {"ap300-6100", "6114 soh", "pack/1/soh"},
    {"ap300-6100", "6152 cells", "pack/1/cell_count"},
    {"ap300-6100", "6153 ntc", "pack/1/temperature_sensor_count"},
    {"ap300-6100", "6154 bmu", "pack/1/bmu_count"},
    {"ap300-6100", "6175 version", "bms_firmware/1/version"},
    {"ap300-11000", "11014 version", "iot_firmware"},
    {"ap300-11000", "11020 ip", "iot_ip_address"},
    {"ap300-11000", "11022 gateway", "iot_gateway_address"},
    {"ap300-11000", "11024 netmask", "iot_network_mask"},
    {"ap300-11000", "11026 rssi_dbm", "iot_wifi_signal"},
};

TEST_F(StationTopics, ACapturedAp300ShowsWhatItsBytesSay) {
  const std::filesystem::path captures = shared_folder() / "reference" / "captures.json";
  if (!std::filesystem::exists(captures)) GTEST_SKIP() << captures << " is not here";
  std::ifstream stream(captures);
  std::map<std::string, nlohmann::json> expect;
  const nlohmann::json document = nlohmann::json::parse(stream);
  for (const auto& capture : document["captures"]) expect[capture["id"]] = capture["expect"];
  // The captures hold no block 6300: wait for the last block they do hold instead.
  start_simulator({"--captures", captures.string(), "--push-interval", "0"});
  ASSERT_TRUE(simulator->says("connected")) << simulator->output();
  start_gateway();
  ASSERT_TRUE(reads_something("bluetti/living_room/iot_firmware")) << gateway->output();
  Topics topics = retained("bluetti/living_room/#");
  for (const auto& [capture, key, topic] : kExpected) {
    const std::string& payload = topics["bluetti/living_room/" + std::string(topic)];
    const nlohmann::json& wanted = expect.at(capture).at(key);
    if (wanted.is_number()) {
      EXPECT_DOUBLE_EQ(std::strtod(payload.c_str(), nullptr), wanted.get<double>()) << capture << ": " << key;
    } else {
      EXPECT_EQ(payload, wanted.get<std::string>()) << capture << ": " << key;
    }
    EXPECT_NE(payload, "") << capture << ": " << key;
  }
}

}  // namespace
}  // namespace bluetti::test
