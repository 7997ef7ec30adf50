// SPDX-License-Identifier: MIT
// The seam at the clock: the steady time that everything is scheduled by, and the time of day, which may jump and is
// only for dates. Tests bring one that they move by hand.
#pragma once

#include "gateway/base/time.h"

namespace bluetti::gateway {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
  [[nodiscard]] virtual std::chrono::system_clock::time_point wall() const = 0;
};

class SteadyClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return std::chrono::system_clock::now(); }
};

}  // namespace bluetti::gateway
