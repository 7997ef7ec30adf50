// SPDX-License-Identifier: MIT
// When a restart that was asked for may happen: at most one a minute, for each signs in anew everywhere. A wish that
// comes too soon is kept, however often it is repeated. Lives as long as the process. The loop's thread only.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class RestartLimit {
 public:
  static constexpr std::chrono::minutes kBetween{1};

  // How long the wish has to wait; zero: it is due. The same while one waits already.
  [[nodiscard]] std::chrono::seconds ask(TimePoint now) {
    wanted_ = true;
    if (!last_) return std::chrono::seconds{0};
    return std::max(std::chrono::ceil<std::chrono::seconds>(due_at() - now), std::chrono::seconds{0});
  }
  [[nodiscard]] bool waits() const { return wanted_; }
  // True once for each wish, as soon as its time has come.
  [[nodiscard]] bool take(TimePoint now) {
    if (!wanted_ || now < due_at()) return false;
    wanted_ = false;
    last_ = now;
    return true;
  }
  // TimePoint::max(): nothing waits.
  [[nodiscard]] TimePoint next() const { return wanted_ ? due_at() : TimePoint::max(); }

 private:
  [[nodiscard]] TimePoint due_at() const { return last_ ? *last_ + kBetween : TimePoint{}; }

  std::optional<TimePoint> last_;
  bool wanted_ = false;
};

}  // namespace bluetti::gateway
