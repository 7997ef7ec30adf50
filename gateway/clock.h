// SPDX-License-Identifier: MIT
// The seam at the clock: the steady time that everything is scheduled by. Tests bring one that they move by hand.
#pragma once

#include "gateway/event.h"

namespace bluetti::gateway {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
};

class SteadyClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace bluetti::gateway
