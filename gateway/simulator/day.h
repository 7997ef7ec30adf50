// SPDX-License-Identifier: MIT
// A plausible day of one station, and the days after it: sun and load come and go, the battery follows the energy
// balance, the grid helps when the battery is low and takes what it cannot hold. Time runs in fixed steps, so what a
// station shows depends on its seed and the simulated time alone, not on when it was asked.
#pragma once

#include <cstdint>

#include "gateway/simulator/household.h"
#include "gateway/simulator/quantity.h"

namespace bluetti::gateway::simulator {

// W. The pack's and the grid's are signed as Quantity says.
struct Powers {
  double pv = 0;
  double ac_output = 0;
  double dc_output = 0;
  double grid = 0;
  double pack = 0;
};

// kWh. They only grow.
struct Energies {
  double pv = 0;
  double ac_output = 0;
  double dc_output = 0;
  double grid_import = 0;
  double grid_feed = 0;
  double pack_charge = 0;
  double pack_discharge = 0;
};

class Day {
 public:
  static constexpr double kStep = 5;        // seconds
  static constexpr double kStartHour = 10;  // of the first day, so that there is something to see
  static constexpr double kInverterEfficiency = 0.93;
  static constexpr double kStorageEfficiency = 0.975;  // each way
  static constexpr double kCells = 16;

  explicit Day(std::uint64_t seed, int packs = 1);

  // Goes on to this simulated time, in seconds since the start. Never goes back.
  void advance_to(double time);

  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] const Powers& powers() const { return powers_; }
  [[nodiscard]] const Energies& energies() const { return energies_; }
  [[nodiscard]] double stored_energy() const { return stored_; }  // Wh
  [[nodiscard]] double soc() const { return 100 * (stored_ / capacity_); }

  // In the unit of info_of(quantity); 0 for the quantities that are texts.
  [[nodiscard]] double value(Quantity quantity) const;

 private:
  void step();
  void balance(double sunshine);
  void count_energy();
  [[nodiscard]] double hour() const;
  [[nodiscard]] double cell_voltage() const;
  [[nodiscard]] double pack_voltage() const { return kCells * cell_voltage(); }
  [[nodiscard]] double pv_voltage() const;
  [[nodiscard]] double grid_voltage() const;
  [[nodiscard]] double ambient_temperature() const;
  [[nodiscard]] double minutes_to_full() const;
  [[nodiscard]] double minutes_to_empty() const;

  Sky sky_;
  Household household_;
  std::uint64_t steps_ = 0;
  double capacity_;  // Wh
  double stored_;    // Wh
  double panels_;    // W at a clear noon
  double health_;    // %
  int packs_;
  bool on_grid_ = false;
  double pack_temperature_;
  Powers powers_;
  Energies energies_;
};

}  // namespace bluetti::gateway::simulator
