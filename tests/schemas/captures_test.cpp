// SPDX-License-Identifier: MIT
// Bytes of real stations from the reference data, against what they are known to mean.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using nlohmann::json;

// What a capture calls a value, to where it is published. Names start with the register.
const std::map<std::string, std::map<std::string, std::string>> kPlaces{
    {"ap300-wire-home",
     {{"pack_voltage_V", "pack_voltage"},
      {"101 current_A", "pack_current"},
      {"102 soc", "soc"},
      {"104 minutes", "time_to_full"},
      {"105 minutes", "time_to_empty"},
      {"107 packs", "pack_count"},
      {"108 online_mask", "packs_online"},
      {"110 model", "model"},
      {"120 inverters", "inverter_count"},
      {"122 power_type", "power_type"},
      {"123 energy_lines", "energy_lines"}}},
    {"ap300-100",
     {{"pack_voltage_V", "pack_voltage"},
      {"102 soc", "soc"},
      {"104 minutes", "time_to_full"},
      {"107 packs", "pack_count"},
      {"110 model", "model"},
      {"140-149 power", "grid_power"},
      {"150-159 energy", "pv_energy"},
      {"169 rate_voltage", "rated_voltage"}}},
    {"ap300-1200",
     {{"1200 total_W", "pv_total_power"},
      {"1202 energy_kWh", "pv_total_energy"},
      {"1209 dc_inputs", "pv_dc_inputs"},
      {"1209 ac_inputs", "pv_ac_inputs"}}},
    {"ap300-1300",
     {{"1300 freq_Hz", "grid_frequency"},
      {"1303 import_kWh", "grid_total_charge_energy"},
      {"1305 export", "grid_total_feed_energy"},
      {"1312 phases", "grid_phase_count"}}},
    {"ap300-1500", {{"1500 freq_Hz", "inverter_frequency"}, {"1508 phases", "inverter_phase_count"}}},
    {"ap300-wire-pack-main",
     {{"voltage_V", "battery_voltage"},
      {"6001 packs", "battery_pack_count"},
      {"6002 online", "battery_packs_online"},
      {"6004 current_A", "battery_current"},
      {"6005 soc", "battery_soc"},
      {"6006 soh", "battery_soh"},
      {"6008 running_status", "battery_running_status"},
      {"6017 minutes", "battery_time_to_full"},
      {"6018 minutes", "battery_time_to_empty"}}},
    {"ap300-6100",
     {{"6100 id", "pack/1/number"},
      {"6101 type", "pack/1/type"},
      {"6113 soc", "pack/1/soc"},
      {"6152 cells", "pack/1/cell_count"},
      {"6153 ntc", "pack/1/temperature_sensor_count"},
      {"6154 bmu", "pack/1/bmu_count"},
      {"6173 software_count", "pack/1/firmware_count"}}},
    {"ap300-11000",
     {{"11014 version", "iot_firmware"},
      {"11020 ip", "iot_ip_address"},
      {"11022 gateway", "iot_gateway_address"},
      {"11024 netmask", "iot_network_mask"},
      {"11026 rssi_dbm", "iot_wifi_signal"}}},
};

std::string as_published(const json& expected) {
  if (expected.is_string()) return expected.get<std::string>();
  std::string text = expected.dump();
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

TEST(Captures, DecodeToWhatTheStationsShowed) {
  std::ifstream file(std::filesystem::path(shared_folder()) / "reference" / "captures.json");
  if (!file) GTEST_SKIP() << "no reference data";
  const Catalog catalog = Catalog::built_in();
  const Model* model = catalog.model("AP300");
  ASSERT_NE(model, nullptr);
  const json document = json::parse(file);
  std::size_t captures = 0;
  for (const json& capture : document["captures"]) {
    const auto places = kPlaces.find(capture["id"]);
    if (places == kPlaces.end()) continue;
    ++captures;
    const Block* block = catalog.block(capture["first_register"]);
    ASSERT_NE(block, nullptr) << places->first;
    Decoded decoded(*block, *model);
    decoded.decode(capture["hex"].get<std::string>());
    for (const auto& [name, place] : places->second) {
      const json expected = capture["expect"].value(name, json());
      EXPECT_EQ(decoded.shown(place), as_published(expected)) << places->first << ", " << name;
    }
  }
  EXPECT_EQ(captures, kPlaces.size());
}

}  // namespace
}  // namespace bluetti::schemas::testing
