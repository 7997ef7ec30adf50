// SPDX-License-Identifier: MIT
// Whether what we publish reaches others. A broker of MQTT 3.1.1 confirms a message that its access list forbids, and
// drops it. So the gateway's own availability, which it subscribes to as well, has to come back. The loop's thread
// only.
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class Echo {
 public:
  static constexpr std::chrono::seconds kWithin{30};

  void expect(TimePoint now) { due_ = std::min<TimePoint>(due_, now + kWithin); }
  void heard() {
    due_ = TimePoint::max();
    is_missing_ = false;
  }
  // The broker does not let us hear it: nothing can be said.
  void give_up() { heard(); }
  void on_down() { due_ = TimePoint::max(); }

  // True once when it has not come back in time.
  [[nodiscard]] bool tick(TimePoint now) {
    if (now < due_) return false;
    due_ = TimePoint::max();
    return !std::exchange(is_missing_, true);
  }
  [[nodiscard]] TimePoint next() const { return due_; }
  [[nodiscard]] bool is_missing() const { return is_missing_; }

 private:
  TimePoint due_ = TimePoint::max();
  bool is_missing_ = false;
};

}  // namespace bluetti::gateway
