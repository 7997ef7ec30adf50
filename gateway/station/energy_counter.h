// SPDX-License-Identifier: MIT
// Guards one energy counter of a station. Home Assistant counts a whole counter again after one reading of zero, so a
// reading that is lower than the one before, or higher than any power could have made it, is believed only when a later
// one bears it out. Readings are in kWh. No I/O and no clock.
#pragma once

#include <chrono>
#include <optional>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class EnergyCounter {
 public:
  // More than any station can take or give, in kW; and what a counter may rise at once that is written in lumps.
  static constexpr double kMostPower = 100;
  static constexpr double kLump = 1;
  static constexpr std::chrono::seconds kConfirmAfter{5};

  // What an earlier run believed last. How long ago that was is not known, so any rise from there is possible.
  void restore(double reading) { believed_ = Mark{reading, TimePoint::min()}; }

  // Whether this reading is true, or its being lower or far higher than before needs another one to bear it out.
  [[nodiscard]] bool believes(double reading, TimePoint at);

  // The last reading that was believed.
  [[nodiscard]] std::optional<double> reading() const;

 private:
  struct Mark {
    double reading = 0;
    TimePoint at;  // when it rose to this; TimePoint::min(): long ago
  };
  [[nodiscard]] static bool follows(const Mark& mark, double reading, TimePoint at);
  [[nodiscard]] bool is_borne_out(double reading, TimePoint at);

  std::optional<Mark> believed_;
  std::optional<Mark> doubted_;
};

}  // namespace bluetti::gateway
