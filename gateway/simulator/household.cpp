// SPDX-License-Identifier: MIT
#include "gateway/simulator/household.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bluetti::gateway::simulator {
namespace {

constexpr double kSunrise = 6;    // hours
constexpr double kDaylight = 12;  // hours
constexpr double kMeanClearness = 0.75;
constexpr double kCloudPassing = 900;  // seconds until a cloud is forgotten
constexpr double kRefrigeratorCycle = 2700;
constexpr double kRefrigeratorOn = 900;
constexpr double kRefrigeratorPower = 85;

double appliance_starts_per_hour(double hour) {
  if (hour < 6) return 0.1;
  return hour >= 17 && hour < 22 ? 1.6 : 0.7;
}

}  // namespace

double Sky::step(double hour, double seconds) {
  const double pull = (kMeanClearness - clearness_) * std::min(1.0, seconds / kCloudPassing);
  const double gust = random_.uniform(-1, 1) * 0.35 * std::sqrt(seconds / kCloudPassing);
  clearness_ = std::clamp(clearness_ + pull + gust, 0.12, 1.0);
  const double height = std::sin(std::numbers::pi * (hour - kSunrise) / kDaylight);
  return height <= 0 ? 0 : std::pow(height, 1.2) * clearness_;
}

Household::Household(std::uint64_t seed)
    : random_(seed),
      base_power_(random_.uniform(35, 90)),
      refrigerator_phase_(random_.uniform(0, kRefrigeratorCycle)) {}

void Household::step(double time, double hour, double seconds) {
  appliance_left_ -= seconds;
  if (appliance_left_ <= 0) {
    const bool starts = random_.uniform(0, 1) < appliance_starts_per_hour(hour) * seconds / 3600;
    appliance_power_ = starts ? random_.uniform(300, 1400) : 0;
    appliance_left_ = starts ? random_.uniform(120, 1800) : 0;
  }
  charger_left_ -= seconds;
  if (charger_left_ <= 0) {
    charger_power_ = hour >= 7 && hour < 23 ? random_.uniform(4, 45) : 0;
    charger_left_ = random_.uniform(600, 3600);
  }
  const bool cooling = std::fmod(time + refrigerator_phase_, kRefrigeratorCycle) < kRefrigeratorOn;
  ac_power_ = base_power_ + (cooling ? kRefrigeratorPower : 0) + appliance_power_ + random_.uniform(-2, 2);
  dc_power_ = charger_power_;
}

}  // namespace bluetti::gateway::simulator
