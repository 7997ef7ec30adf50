// SPDX-License-Identifier: MIT
// What a `simulate` key of a schema row can name. The numbers come from a station's day, the texts from its identity.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bluetti::gateway::simulator {

enum class Quantity : std::uint8_t {
  soc,
  soh,
  pack_voltage,
  pack_current,  // positive: discharging
  pack_power,    // positive: discharging
  pack_temperature,
  charging_status,  // 0 idle, 1 charging, 2 discharging
  time_to_full,
  time_to_empty,
  pv_power,
  pv_voltage,
  pv_current,
  ac_output_power,
  dc_output_power,
  grid_power,  // positive: taken from the grid
  grid_voltage,
  grid_current,       // signed as the power
  grid_import_power,  // what is taken, without what is fed in, for registers without a sign; and the other way round
  grid_feed_power,
  grid_import_current,
  inverter_power,  // positive: out of the inverter
  inverter_current,
  grid_frequency,
  ac_voltage,
  ac_current,
  ac_frequency,
  pv_energy,
  grid_charge_energy,
  grid_feed_energy,
  ac_output_energy,
  dc_output_energy,
  battery_charge_energy,
  battery_discharge_energy,
  cell_voltage,
  cell_temperature,
  ambient_temperature,
  pack_count,
  online_mask,  // bit n: pack n+1
  model,        // text, as are the next two
  serial,
  firmware
};

struct QuantityInfo {
  std::string_view name;
  std::string_view unit;  // as in the schema files
  bool shared = false;    // the items of a group add up to it: each shows its part
  double spread = 0;      // the items of a group differ by up to this much
};
[[nodiscard]] const QuantityInfo& info_of(Quantity quantity);

[[nodiscard]] std::optional<Quantity> quantity_named(std::string_view name);

// Factor from a quantity's unit to the unit of a row; empty where they measure different things. A row without a unit
// takes the number as it is.
[[nodiscard]] std::optional<double> unit_factor(std::string_view from, std::string_view to);

}  // namespace bluetti::gateway::simulator
