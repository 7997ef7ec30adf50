// SPDX-License-Identifier: MIT
#include "gateway/station/energy_counter.h"

namespace bluetti::gateway {

bool EnergyCounter::follows(const Mark& mark, double reading, TimePoint at) {
  if (reading < mark.reading) return false;
  if (mark.at == TimePoint::min()) return true;
  const double hours = std::chrono::duration<double, std::ratio<3600>>(at - mark.at).count();
  return reading - mark.reading <= kLump + kMostPower * hours;
}

bool EnergyCounter::is_borne_out(double reading, TimePoint at) {
  if (!doubted_ || !follows(*doubted_, reading, at)) doubted_ = Mark{reading, at};
  return at >= doubted_->at + kConfirmAfter;
}

bool EnergyCounter::believes(double reading, TimePoint at) {
  const bool follows_on = !believed_ || follows(*believed_, reading, at);
  if (!follows_on && !is_borne_out(reading, at)) return false;
  doubted_.reset();
  // Some stations write their counters in lumps: the time to rise runs from the lump before.
  const bool moved = !believed_ || believed_->at == TimePoint::min() || believed_->reading != reading;
  if (moved) believed_ = Mark{reading, at};
  return true;
}

std::optional<double> EnergyCounter::reading() const {
  return believed_ ? std::optional(believed_->reading) : std::nullopt;
}

}  // namespace bluetti::gateway
