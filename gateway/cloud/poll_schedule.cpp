// SPDX-License-Identifier: MIT
#include "gateway/cloud/poll_schedule.h"

#include <algorithm>

namespace bluetti::gateway {

void PollSchedule::add(Duration interval) {
  entries_.push_back({interval, TimePoint::max()});
}

void PollSchedule::restart(TimePoint now) {
  for (Entry& entry : entries_) entry.due = now;
}

std::optional<std::size_t> PollSchedule::due(TimePoint now) const {
  const auto first = std::ranges::min_element(entries_, {}, &Entry::due);
  if (first == entries_.end() || first->due > now) return std::nullopt;
  return static_cast<std::size_t>(first - entries_.begin());
}

TimePoint PollSchedule::next() const {
  const auto first = std::ranges::min_element(entries_, {}, &Entry::due);
  return first == entries_.end() ? TimePoint::max() : first->due;
}

void PollSchedule::done(std::size_t block, TimePoint now) {
  Entry& entry = entries_[block];
  if (entry.due == TimePoint::max()) return;
  // Keep the rhythm where it can be kept; a read that comes late by more than an interval starts a new one.
  const bool on_time = entry.due <= now && now - entry.due < entry.interval;
  entry.due = (on_time ? entry.due : now) + entry.interval;
}

void PollSchedule::postpone(std::size_t block, TimePoint until) {
  if (entries_[block].due != TimePoint::max()) entries_[block].due = std::max(entries_[block].due, until);
}

void PollSchedule::stop(std::size_t block) {
  entries_[block].due = TimePoint::max();
}

}  // namespace bluetti::gateway
