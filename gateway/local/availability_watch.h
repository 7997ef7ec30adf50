// SPDX-License-Identifier: MIT
// Our own availability topics, as they come back from the broker: anybody may write there, and a retained lie would
// stand until the next heartbeat. What is wrong is said again, but not more often than every kApart: two gateways that
// contradict each other must not flood the broker. The loop's thread only.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class AvailabilityWatch {
 public:
  static constexpr std::chrono::seconds kSettle{1};  // what we have said meanwhile may still be on its way back
  static constexpr std::chrono::seconds kApart{10};

  void heard(std::string_view topic, bool is_right, TimePoint now);
  [[nodiscard]] std::vector<std::string> take_due(TimePoint now);
  [[nodiscard]] TimePoint next() const { return due_; }
  void on_down();

 private:
  std::set<std::string, std::less<>> wrong_;
  TimePoint due_ = TimePoint::max();
  TimePoint not_before_ = TimePoint::min();
  bool was_said_ = false;
};

}  // namespace bluetti::gateway
