// SPDX-License-Identifier: MIT
#include "gateway/simulator/quantity.h"

#include <algorithm>
#include <array>

namespace bluetti::gateway::simulator {
namespace {

// In the order of Quantity.
constexpr std::array kInfos{
    QuantityInfo{.name = "soc", .unit = "%"},
    QuantityInfo{.name = "soh", .unit = "%"},
    QuantityInfo{.name = "pack_voltage", .unit = "V"},
    QuantityInfo{.name = "pack_current", .unit = "A", .shared = true},
    QuantityInfo{.name = "pack_power", .unit = "W", .shared = true},
    QuantityInfo{.name = "pack_temperature", .unit = "°C"},
    QuantityInfo{.name = "charging_status", .unit = ""},
    QuantityInfo{.name = "time_to_full", .unit = "min"},
    QuantityInfo{.name = "time_to_empty", .unit = "min"},
    QuantityInfo{.name = "pv_power", .unit = "W", .shared = true},
    QuantityInfo{.name = "pv_voltage", .unit = "V"},
    QuantityInfo{.name = "pv_current", .unit = "A", .shared = true},
    QuantityInfo{.name = "ac_output_power", .unit = "W", .shared = true},
    QuantityInfo{.name = "dc_output_power", .unit = "W", .shared = true},
    QuantityInfo{.name = "grid_power", .unit = "W", .shared = true},
    QuantityInfo{.name = "grid_voltage", .unit = "V"},
    QuantityInfo{.name = "grid_current", .unit = "A", .shared = true},
    QuantityInfo{.name = "grid_import_power", .unit = "W", .shared = true},
    QuantityInfo{.name = "grid_feed_power", .unit = "W", .shared = true},
    QuantityInfo{.name = "grid_import_current", .unit = "A", .shared = true},
    QuantityInfo{.name = "inverter_power", .unit = "W", .shared = true},
    QuantityInfo{.name = "inverter_current", .unit = "A", .shared = true},
    QuantityInfo{.name = "grid_frequency", .unit = "Hz"},
    QuantityInfo{.name = "ac_voltage", .unit = "V"},
    QuantityInfo{.name = "ac_current", .unit = "A", .shared = true},
    QuantityInfo{.name = "ac_frequency", .unit = "Hz"},
    QuantityInfo{.name = "pv_energy", .unit = "kWh", .shared = true},
    QuantityInfo{.name = "grid_charge_energy", .unit = "kWh", .shared = true},
    QuantityInfo{.name = "grid_feed_energy", .unit = "kWh", .shared = true},
    QuantityInfo{.name = "ac_output_energy", .unit = "kWh", .shared = true},
    QuantityInfo{.name = "dc_output_energy", .unit = "kWh", .shared = true},
    QuantityInfo{.name = "battery_charge_energy", .unit = "kWh", .shared = true},
    QuantityInfo{.name = "battery_discharge_energy", .unit = "kWh", .shared = true},
    QuantityInfo{.name = "cell_voltage", .unit = "V", .spread = 0.004},
    QuantityInfo{.name = "cell_temperature", .unit = "°C", .spread = 0.8},
    QuantityInfo{.name = "ambient_temperature", .unit = "°C"},
    QuantityInfo{.name = "pack_count", .unit = ""},
    QuantityInfo{.name = "online_mask", .unit = ""},
    QuantityInfo{.name = "model", .unit = ""},
    QuantityInfo{.name = "serial", .unit = ""},
    QuantityInfo{.name = "firmware", .unit = ""},
};
static_assert(kInfos.size() == static_cast<std::size_t>(Quantity::firmware) + 1);

struct Conversion {
  std::string_view from;
  std::string_view to;
  double factor;
};
constexpr std::array kConversions{
    Conversion{"V", "mV", 1000}, Conversion{"kWh", "Wh", 1000}, Conversion{"min", "h", 1.0 / 60},
    Conversion{"min", "s", 60},  Conversion{"W", "VA", 1},
};

}  // namespace

const QuantityInfo& info_of(Quantity quantity) {
  return kInfos[static_cast<std::size_t>(quantity)];
}

std::optional<Quantity> quantity_named(std::string_view name) {
  const auto* found = std::ranges::find(kInfos, name, &QuantityInfo::name);
  if (found == kInfos.end()) return std::nullopt;
  return static_cast<Quantity>(found - kInfos.begin());
}

std::optional<double> unit_factor(std::string_view from, std::string_view to) {
  if (from == to || from.empty() || to.empty()) return 1;
  for (const Conversion& conversion : kConversions) {
    if (conversion.from == from && conversion.to == to) return conversion.factor;
  }
  return std::nullopt;
}

}  // namespace bluetti::gateway::simulator
