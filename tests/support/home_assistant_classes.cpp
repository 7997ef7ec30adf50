// SPDX-License-Identifier: MIT
#include "tests/support/home_assistant_classes.h"

#include <algorithm>

namespace bluetti::test_support {
namespace {

const std::vector<SensorClass>& sensor_classes() {
  static const std::vector<std::string_view> kEnergyUnits = {"J",   "kJ",  "MJ",  "GJ",   "Wh",   "kWh", "MWh",
                                                             "GWh", "TWh", "cal", "kcal", "Mcal", "Gcal"};
  static const std::vector<SensorClass> kClasses = {
      {"power", {"mW", "W", "kW", "MW", "GW", "TW"}, {"measurement"}},
      {"apparent_power", {"VA"}, {"measurement"}},
      {"reactive_power", {"var"}, {"measurement"}},
      {"energy", kEnergyUnits, {"total", "total_increasing"}},
      {"energy_storage", kEnergyUnits, {"measurement"}},
      {"battery", {"%"}, {"measurement"}},
      {"voltage", {"mV", "V"}, {"measurement"}},
      {"current", {"mA", "A"}, {"measurement"}},
      {"frequency", {"Hz", "kHz", "MHz", "GHz"}, {"measurement"}},
      {"temperature", {"\u00B0C", "\u00B0F", "K"}, {"measurement"}},
      {"duration", {"ms", "s", "min", "h", "d"}, {"measurement", "total", "total_increasing"}},
      {"signal_strength", {"dB", "dBm"}, {"measurement"}},
      {"power_factor", {"%"}, {"measurement"}, true},
      {"timestamp", {}, {}},
      {"date", {}, {}},
      {"enum", {}, {}},
  };
  return kClasses;
}

constexpr std::string_view kBinarySensorClasses[] = {"battery",
                                                     "battery_charging",
                                                     "carbon_monoxide",
                                                     "cold",
                                                     "connectivity",
                                                     "door",
                                                     "garage_door",
                                                     "gas",
                                                     "heat",
                                                     "light",
                                                     "lock",
                                                     "moisture",
                                                     "motion",
                                                     "moving",
                                                     "occupancy",
                                                     "opening",
                                                     "plug",
                                                     "power",
                                                     "presence",
                                                     "problem",
                                                     "running",
                                                     "safety",
                                                     "smoke",
                                                     "sound",
                                                     "tamper",
                                                     "update",
                                                     "vibration",
                                                     "window"};

}  // namespace

const SensorClass* find_sensor_class(std::string_view name) {
  const auto& classes = sensor_classes();
  const auto found = std::ranges::find(classes, name, &SensorClass::name);
  return found == classes.end() ? nullptr : &*found;
}

bool is_binary_sensor_class(std::string_view name) {
  return std::ranges::find(kBinarySensorClasses, name) != std::end(kBinarySensorClasses);
}

}  // namespace bluetti::test_support
