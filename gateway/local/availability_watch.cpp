// SPDX-License-Identifier: MIT
#include "gateway/local/availability_watch.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace bluetti::gateway {

void AvailabilityWatch::heard(std::string_view topic, bool is_right, TimePoint now) {
  if (!is_right) {
    wrong_.emplace(topic);
    if (due_ == TimePoint::max()) due_ = std::max<TimePoint>(now + kSettle, not_before_);
  } else if (const auto known = wrong_.find(topic); known != wrong_.end()) {
    wrong_.erase(known);
  }
}

std::vector<std::string> AvailabilityWatch::take_due(TimePoint now) {
  if (now < due_) return {};
  due_ = TimePoint::max();
  std::vector<std::string> due(wrong_.begin(), wrong_.end());
  wrong_.clear();
  if (due.empty()) return due;
  not_before_ = now + kApart;
  if (!std::exchange(was_said_, true)) {
    spdlog::warn(
        "[local] somebody else wrote to {}: corrected; let nobody but this gateway write below its base, and no "
        "second gateway have the same (logged once)",
        due.front());
  }
  return due;
}

void AvailabilityWatch::on_down() {
  wrong_.clear();
  due_ = TimePoint::max();
}

}  // namespace bluetti::gateway
