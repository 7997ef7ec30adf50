// SPDX-License-Identifier: MIT
// What surrounds a simulated station: a sky with clouds over its panels, and a home that draws from its outputs. W and
// seconds; the same seed gives the same day.
#pragma once

#include <cstdint>

#include "gateway/simulator/random.h"

namespace bluetti::gateway::simulator {

// Sunshine on a cloudy day: 0 at night, up to 1 at a clear noon.
class Sky {
 public:
  explicit Sky(std::uint64_t seed) : random_(seed) {}
  [[nodiscard]] double step(double hour, double seconds);

 private:
  Random random_;
  double clearness_ = 0.75;
};

// A base load, a refrigerator, something small on DC, and one larger appliance at a time, more often in the evening.
class Household {
 public:
  explicit Household(std::uint64_t seed);
  void step(double time, double hour, double seconds);

  [[nodiscard]] double ac_power() const { return ac_power_; }
  [[nodiscard]] double dc_power() const { return dc_power_; }

 private:
  Random random_;
  double base_power_;
  double refrigerator_phase_;  // seconds
  double appliance_power_ = 0;
  double appliance_left_ = 0;  // seconds
  double charger_power_ = 0;
  double charger_left_ = 0;  // seconds
  double ac_power_ = 0;
  double dc_power_ = 0;
};

}  // namespace bluetti::gateway::simulator
