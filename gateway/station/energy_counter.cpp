// SPDX-License-Identifier: MIT
#include "gateway/station/energy_counter.h"

namespace bluetti::gateway {

void EnergyCounter::restore(const Memory& memory) {
  believed_ = Mark{memory.reading, TimePoint::min()};
  cycle_start_ = memory.cycle_start;
  if (memory.fell_to) doubted_ = Mark{*memory.fell_to, TimePoint::min()};
}

void EnergyCounter::restore_start(double start) {
  if (believed_) believed_->reading += start - cycle_start_;
  if (doubted_) doubted_->reading += start - cycle_start_;
  cycle_start_ = start;
  knows_start_ = true;
}

void EnergyCounter::take_over(double shown, TimePoint at) {
  if (!knows_start_) cycle_start_ = 0;
  believed_ = Mark{shown + cycle_start_, at};
  doubted_.reset();
  took_over_ = true;
}

std::optional<EnergyCounter::Memory> EnergyCounter::memory() const {
  if (!believed_) return std::nullopt;
  Memory memory{.reading = believed_->reading, .cycle_start = cycle_start_, .fell_to = {}};
  if (doubted_ && !took_over_ && is_small_fall(doubted_->reading)) memory.fell_to = doubted_->reading;
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
  const bool is_anothers = took_over_ && !knows_start_;  // what was believed is no reading of this way
  if (believed_ && (is_anothers || !follows(*believed_, reading, at))) return doubt(reading, at);
  doubted_.reset();
  believe(reading, at);
  return Verdict::believed;
}

// After another way, a little less is its rounding, and all else the distance of the two counters.
Duration EnergyCounter::wait_for(double reading) const {
  if (!took_over_) return is_small_fall(reading) ? Duration(kConfirmSmallFallAfter) : Duration(kConfirmAfter);
  const bool is_rounding = knows_start_ && reading < believed_->reading && believed_->reading - reading <= kRounding;
  return is_rounding ? Duration(kConfirmSmallFallAfter) : Duration(kConfirmAfter);
}

EnergyCounter::Verdict EnergyCounter::doubt(double reading, TimePoint at) {
  const bool is_new = !doubted_ || !follows(*doubted_, reading, at);
  if (is_new) doubted_ = Mark{reading, at};
  if (doubted_->at == TimePoint::min()) doubted_->at = at;
  if (at < doubted_->at + wait_for(reading)) {
    return is_new && !took_over_ && is_small_fall(reading) ? Verdict::held : Verdict::doubted;
  }
  bool begins = false;
  if (took_over_) {
    cycle_start_ += doubted_->reading - believed_->reading;
  } else {
    begins = reading < believed_->reading && begins_cycle(doubted_->reading, reading);
  }
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
  knows_start_ = true;
  took_over_ = false;
}

std::optional<double> EnergyCounter::shown() const {
  return believed_ ? std::optional(believed_->reading - cycle_start_) : std::nullopt;
}

}  // namespace bluetti::gateway
