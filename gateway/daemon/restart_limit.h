// SPDX-License-Identifier: MIT
// When a restart that was asked for may happen: at most one a minute, for each signs in again everywhere. A wish that
// comes too soon is kept, however often it is repeated. Lives as long as the process. The loop's thread only.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

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
    before_ = std::exchange(last_, now);
    return true;
  }
  // The restart could not be: the next wish does not have to wait for it.
  void not_done() { last_ = before_; }
  // TimePoint::max(): nothing waits.
  [[nodiscard]] TimePoint next() const { return wanted_ ? due_at() : TimePoint::max(); }

 private:
  [[nodiscard]] TimePoint due_at() const { return last_ ? *last_ + kBetween : TimePoint{}; }

  std::optional<TimePoint> last_;
  std::optional<TimePoint> before_;  // of the one before the last
  bool wanted_ = false;
};

}  // namespace bluetti::gateway
