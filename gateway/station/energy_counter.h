// SPDX-License-Identifier: MIT
// Guards one energy counter of a station. Home Assistant counts a whole counter again after one reading of zero, so a
// reading that is lower than the one before, or higher than any power could have made it, is believed only when later
// ones bear it out.
//
// To Home Assistant a counter that falls by more than a tenth was reset, and a smaller fall is negative energy. So a
// small fall takes a day to be believed; until then, or until the counter has passed it again, the old value stands.
// Then a new cycle begins: what is shown starts at 0, where the counter fell to, which is a fall that Home Assistant
// understands, and no energy is lost or counted twice.
//
// A station that is read by several ways may count otherwise on each: from another start, or rounded. So each way has a
// guard of its own, which knows from its first turn on how far its counter stands from what is shown. When the way
// changes, what is shown goes on from where it stood; what was counted meanwhile is in the next reading.
//
// Readings are in kWh. No I/O and no clock. The loop's thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class EnergyCounter {
 public:
  // More than any station can take or give, in kW; and what a counter may rise at once that is written in lumps.
  static constexpr double kMostPower = 100;
  static constexpr double kLump = 1;
  static constexpr std::chrono::seconds kConfirmAfter{5};
  // What is below this part of the value before is a reset to Home Assistant.
  static constexpr double kResetBelow = 0.9;
  static constexpr std::chrono::hours kConfirmSmallFallAfter{24};
  static constexpr double kRounding = 0.25;  // between the counters of two ways, at most

  // What outlives a run.
  struct Memory {
    double reading = 0;                  // the last that was believed, as the station had it
    double cycle_start = 0;              // the reading that is shown as 0
    std::optional<double> fell_to = {};  // the first reading of a small fall that is not believed yet
  };
  enum class Verdict : std::uint8_t {
    believed,
    doubted,      // the value before stands
    held,         // the same, from now on, because of a small fall
    cycle_begun,  // believed, and shown from 0 on
  };

  // From an earlier run. How long ago that was is not known, so any rise from there is possible, and the wait for a
  // small fall to be believed begins again.
  void restore(const Memory& memory);
  [[nodiscard]] std::optional<Memory> memory() const;

  // The reading that its own way would have shown as 0, from an earlier run.
  void restore_start(double start);
  // Nothing: its way has not had a turn.
  [[nodiscard]] std::optional<double> start() const {
    return knows_start_ ? std::optional(cycle_start_) : std::nullopt;
  }
  // Its way has its turn: another one has shown this, and was last heard then.
  void take_over(double shown, TimePoint at);

  [[nodiscard]] Verdict judge(double reading, TimePoint at);

  // The same reading once more would be believed again, and change nothing.
  [[nodiscard]] bool is_settled() const { return !doubted_ && !took_over_; }

  // What is to be shown: the last reading that was believed, counted from where the cycle began.
  [[nodiscard]] std::optional<double> shown() const;

 private:
  struct Mark {
    double reading = 0;
    TimePoint at;  // when it rose to this; TimePoint::min(): long ago
  };
  [[nodiscard]] static bool follows(const Mark& mark, double reading, TimePoint at);
  [[nodiscard]] bool is_small_fall(double reading) const;
  [[nodiscard]] Verdict doubt(double reading, TimePoint at);
  [[nodiscard]] Duration wait_for(double reading) const;
  [[nodiscard]] bool begins_cycle(double fell_to, double reading);
  void believe(double reading, TimePoint at);

  std::optional<Mark> believed_;
  std::optional<Mark> doubted_;
  double cycle_start_ = 0;
  bool knows_start_ = false;
  bool took_over_ = false;  // and has believed no reading since
};

}  // namespace bluetti::gateway
