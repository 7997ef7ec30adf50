// SPDX-License-Identifier: MIT
#include "gateway/simulator/day.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace bluetti::gateway::simulator {
namespace {

constexpr double kGridOnBelow = 20;        // % SOC
constexpr double kGridOffAbove = 45;       // % SOC
constexpr double kGridCharger = 600;       // W taken from the grid for charging
constexpr double kMaxCharge = 2200;        // W
constexpr double kIdle = 5;                // W; below this the battery counts as idle
constexpr double kLongest = 5994;          // minutes: what stations show when there is no end in sight
constexpr double kInnerResistance = 0.03;  // ohm of the whole pack
constexpr double kThermalLag = 3600;       // seconds

// Open-circuit voltage of a lithium iron phosphate cell, V, at 0, 10, ... 100 % SOC.
constexpr std::array kCellVoltage{2.90, 3.20, 3.25, 3.28, 3.29, 3.30, 3.31, 3.32, 3.33, 3.335, 3.42};

double open_circuit_voltage(double soc) {
  const double position = std::clamp(soc, 0.0, 100.0) / 10;
  const auto below = std::min(static_cast<std::size_t>(position), kCellVoltage.size() - 2);
  return std::lerp(kCellVoltage[below], kCellVoltage[below + 1], position - static_cast<double>(below));
}

double kilowatt_hours(double watts) {
  return watts * Day::kStep / 3.6e6;
}

}  // namespace

Day::Day(std::uint64_t seed, int packs)
    : sky_(seed_of(seed, "sky")), household_(seed_of(seed, "household")), packs_(packs) {
  Random random{seed_of(seed, "station")};
  capacity_ = random.uniform(2000, 4000);
  stored_ = capacity_ * random.uniform(0.35, 0.85);
  panels_ = random.uniform(500, 1300);
  health_ = std::round(random.uniform(94, 100));
  pack_temperature_ = random.uniform(20, 26);
  energies_ = {.pv = random.uniform(100, 900),
               .ac_output = random.uniform(200, 1500),
               .dc_output = random.uniform(5, 80),
               .grid_import = random.uniform(100, 900),
               .grid_feed = random.uniform(1, 50),
               .pack_charge = random.uniform(200, 800),
               .pack_discharge = random.uniform(150, 700)};
  step();
}

void Day::advance_to(double time) {
  while (static_cast<double>(steps_) * kStep <= time) step();
}

void Day::step() {
  const double time = static_cast<double>(steps_) * kStep;
  household_.step(time, hour(), kStep);
  balance(sky_.step(hour(), kStep));
  count_energy();
  const double warm = ambient_temperature() + 3e-6 * powers_.pack * powers_.pack;
  pack_temperature_ += (std::min(warm, 45.0) - pack_temperature_) * kStep / kThermalLag;
  ++steps_;
}

// Everything meets on the DC bus: sun and charger bring, outputs take, the battery makes up the difference. On the grid
// the AC output is passed through.
void Day::balance(double sunshine) {
  if (soc() < kGridOnBelow) on_grid_ = true;
  if (soc() > kGridOffAbove) on_grid_ = false;
  powers_.pv = panels_ * sunshine;
  powers_.ac_output = household_.ac_power();
  powers_.dc_output = household_.dc_power();

  const double charger = on_grid_ ? kGridCharger : 0;
  const double inverter = on_grid_ ? 0 : powers_.ac_output / kInverterEfficiency;
  const double surplus = powers_.pv + charger * kInverterEfficiency - powers_.dc_output - inverter;
  const double room = std::min(kMaxCharge, (capacity_ - stored_) / kStorageEfficiency * 3600 / kStep);
  const double charge = std::min(surplus, room);
  powers_.pack = -charge;
  powers_.grid = (on_grid_ ? powers_.ac_output + charger : 0) - (surplus - charge) * kInverterEfficiency;

  const double into_cells = charge > 0 ? charge * kStorageEfficiency : charge / kStorageEfficiency;
  stored_ = std::clamp(stored_ + into_cells * kStep / 3600, 0.0, capacity_);
}

void Day::count_energy() {
  energies_.pv += kilowatt_hours(powers_.pv);
  energies_.ac_output += kilowatt_hours(powers_.ac_output);
  energies_.dc_output += kilowatt_hours(powers_.dc_output);
  energies_.grid_import += kilowatt_hours(std::max(powers_.grid, 0.0));
  energies_.grid_feed += kilowatt_hours(std::max(-powers_.grid, 0.0));
  energies_.pack_charge += kilowatt_hours(std::max(-powers_.pack, 0.0));
  energies_.pack_discharge += kilowatt_hours(std::max(powers_.pack, 0.0));
}

double Day::hour() const {
  return std::fmod(kStartHour + static_cast<double>(steps_) * kStep / 3600, 24);
}

double Day::cell_voltage() const {
  const double resting = open_circuit_voltage(soc());
  return resting - kInnerResistance / kCells * powers_.pack / (kCells * resting);
}

double Day::pv_voltage() const {
  return powers_.pv <= 0 ? 0 : 34 + 6 * powers_.pv / panels_;
}

double Day::grid_voltage() const {
  return 230 + 2.5 * std::sin(2 * std::numbers::pi * hour() / 5);
}

double Day::ambient_temperature() const {
  return 20 + 5 * std::sin(2 * std::numbers::pi * (hour() - 9) / 24);
}

double Day::minutes_to_full() const {
  if (powers_.pack >= -kIdle) return kLongest;
  return std::min(kLongest, 60 * (capacity_ - stored_) / (-powers_.pack * kStorageEfficiency));
}

double Day::minutes_to_empty() const {
  if (powers_.pack <= kIdle) return kLongest;
  return std::min(kLongest, 60 * stored_ * kStorageEfficiency / powers_.pack);
}

// One quantity a line.
// clang-format off
double Day::value(Quantity quantity) const {
  switch (quantity) {
    case Quantity::soc: return soc();
    case Quantity::soh: return health_;
    case Quantity::pack_voltage: return pack_voltage();
    case Quantity::pack_current: return powers_.pack / pack_voltage();
    case Quantity::pack_power: return powers_.pack;
    case Quantity::pack_temperature: return pack_temperature_;
    case Quantity::charging_status: return std::abs(powers_.pack) < kIdle ? 0 : powers_.pack < 0 ? 1 : 2;
    case Quantity::time_to_full: return minutes_to_full();
    case Quantity::time_to_empty: return minutes_to_empty();
    case Quantity::pv_power: return powers_.pv;
    case Quantity::pv_voltage: return pv_voltage();
    case Quantity::pv_current: return powers_.pv <= 0 ? 0 : powers_.pv / pv_voltage();
    case Quantity::ac_output_power: return powers_.ac_output;
    case Quantity::dc_output_power: return powers_.dc_output;
    case Quantity::grid_power: return powers_.grid;
    case Quantity::grid_voltage: return grid_voltage();
    case Quantity::grid_current: return powers_.grid / grid_voltage();
    case Quantity::grid_import_power: return std::max(powers_.grid, 0.0);
    case Quantity::grid_feed_power: return std::max(-powers_.grid, 0.0);
    case Quantity::grid_import_current: return std::max(powers_.grid, 0.0) / grid_voltage();
    case Quantity::inverter_power: return powers_.ac_output - powers_.grid;
    case Quantity::inverter_current: return std::abs(powers_.ac_output - powers_.grid) / grid_voltage();
    case Quantity::grid_frequency: return 50 + 0.03 * std::sin(hour());
    case Quantity::ac_voltage: return on_grid_ ? grid_voltage() : 230;
    case Quantity::ac_current: return powers_.ac_output / (on_grid_ ? grid_voltage() : 230);
    case Quantity::ac_frequency: return 50;
    case Quantity::pv_energy: return energies_.pv;
    case Quantity::grid_charge_energy: return energies_.grid_import;
    case Quantity::grid_feed_energy: return energies_.grid_feed;
    case Quantity::ac_output_energy: return energies_.ac_output;
    case Quantity::dc_output_energy: return energies_.dc_output;
    case Quantity::battery_charge_energy: return energies_.pack_charge;
    case Quantity::battery_discharge_energy: return energies_.pack_discharge;
    case Quantity::cell_voltage: return cell_voltage();
    case Quantity::cell_temperature: return pack_temperature_;
    case Quantity::ambient_temperature: return ambient_temperature();
    case Quantity::pack_count: return packs_;
    case Quantity::online_mask: return 1;
    case Quantity::model:
    case Quantity::serial:
    case Quantity::firmware: return 0;
  }
  return 0;
}
// clang-format on

}  // namespace bluetti::gateway::simulator
