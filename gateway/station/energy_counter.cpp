// SPDX-License-Identifier: MIT
#include "gateway/station/energy_counter.h"

namespace bluetti::gateway {

void EnergyCounter::restore(const Memory& memory) {
  believed_ = Mark{memory.reading, TimePoint::min()};
  cycle_start_ = memory.cycle_start;
  if (memory.fell_to) doubted_ = Mark{*memory.fell_to, TimePoint::min()};
}

std::optional<EnergyCounter::Memory> EnergyCounter::memory() const {
  if (!believed_) return std::nullopt;
  Memory memory{.reading = believed_->reading, .cycle_start = cycle_start_, .fell_to = {}};
  if (doubted_ && is_small_fall(doubted_->reading)) memory.fell_to = doubted_->reading;
  return memory;
}

bool EnergyCounter::follows(const Mark& mark, double reading, TimePoint at) {
  if (reading < mark.reading) return false;
  if (mark.at == TimePoint::min()) return true;
  const double hours = std::chrono::duration<double, std::ratio<3600>>(at - mark.at).count();
  return reading - mark.reading <= kLump + kMostPower * hours;
}

bool EnergyCounter::is_small_fall(double reading) const {
  return reading < believed_->reading && reading >= kResetBelow * believed_->reading;
}

EnergyCounter::Verdict EnergyCounter::judge(double reading, TimePoint at) {
  if (believed_ && !follows(*believed_, reading, at)) return doubt(reading, at);
  doubted_.reset();
  believe(reading, at);
  return Verdict::believed;
}

EnergyCounter::Verdict EnergyCounter::doubt(double reading, TimePoint at) {
  const bool is_new = !doubted_ || !follows(*doubted_, reading, at);
  if (is_new) doubted_ = Mark{reading, at};
  if (doubted_->at == TimePoint::min()) doubted_->at = at;
  const bool is_small = is_small_fall(reading);
  const Duration wait = is_small ? Duration(kConfirmSmallFallAfter) : Duration(kConfirmAfter);
  if (at < doubted_->at + wait) return is_small && is_new ? Verdict::held : Verdict::doubted;
  const bool begins = reading < believed_->reading && begins_cycle(doubted_->reading, reading);
  doubted_.reset();
  believe(reading, at);
  return begins ? Verdict::cycle_begun : Verdict::believed;
}

// Where the reading itself is low enough to be a reset, it is shown as it is.
bool EnergyCounter::begins_cycle(double fell_to, double reading) {
  const bool is_reset = reading < kResetBelow * *shown();
  cycle_start_ = is_reset ? 0 : fell_to;
  return !is_reset;
}

// Some stations write their counters in lumps: the time to rise runs from the lump before.
void EnergyCounter::believe(double reading, TimePoint at) {
  const bool moved = !believed_ || believed_->at == TimePoint::min() || believed_->reading != reading;
  if (moved) believed_ = Mark{reading, at};
}

std::optional<double> EnergyCounter::shown() const {
  return believed_ ? std::optional(believed_->reading - cycle_start_) : std::nullopt;
}

}  // namespace bluetti::gateway
