// SPDX-License-Identifier: MIT
#include "gateway/station/poll_schedule.h"

#include <algorithm>

namespace bluetti::gateway {
namespace {

constexpr std::chrono::seconds kSlow{30};  // blocks with at least this interval are spread

}  // namespace

void PollSchedule::add(Duration interval) {
  entries_.push_back({.interval = interval, .due = TimePoint::max()});
}

void PollSchedule::restart(TimePoint now) {
  for (Entry& entry : entries_) {
    entry = {.interval = entry.interval, .due = entry.interval > Duration::zero() ? now : TimePoint::max()};
  }
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

Duration PollSchedule::shortest_interval() const {
  Duration shortest = Duration::max();
  for (const Entry& entry : entries_) {
    if (entry.interval > Duration::zero()) shortest = std::min(shortest, entry.interval);
  }
  return shortest;
}

// A boosted read that would come after the boost comes when it would have come without.
TimePoint PollSchedule::after(TimePoint base, Duration interval) const {
  const bool boosted = base + boost_interval_ <= boost_until_;
  return base + (boosted ? std::min(interval, boost_interval_) : interval);
}

Duration PollSchedule::head_start(std::size_t block) const {
  const Entry& entry = entries_[block];
  if (entry.last != TimePoint{} || entry.interval < kSlow) return Duration::zero();
  return entry.interval / (2 * entries_.size()) * block;
}

void PollSchedule::answered(std::size_t block, TimePoint began) {
  Entry& entry = entries_[block];
  entry.late = entry.due < began ? began - entry.due : Duration::zero();
}

void PollSchedule::done(std::size_t block, TimePoint now) {
  Entry& entry = entries_[block];
  if (entry.due == TimePoint::max()) return;
  // Keep the rhythm where it can be kept; a read that comes late by more than an interval starts a new one.
  const bool on_time = entry.due <= now && now < after(entry.due, entry.interval);
  entry.due = after(on_time ? entry.due : now, entry.interval - head_start(block));
  entry.last = now;
  entry.backed_off = false;
}

void PollSchedule::back_off(std::size_t block, int doublings, TimePoint now) {
  Entry& entry = entries_[block];
  if (entry.due == TimePoint::max()) return;
  const Duration longest = std::max<Duration>(entry.interval, kLongestBackOff);
  entry.due = now + std::min(entry.interval * (1 << std::clamp(doublings, 0, kMostDoublings)), longest);
  entry.last = now;
  entry.backed_off = true;
}

void PollSchedule::retry(std::size_t block, TimePoint at) {
  if (entries_[block].due != TimePoint::max()) entries_[block].due = at;
}

void PollSchedule::stop(std::size_t block) {
  entries_[block].due = TimePoint::max();
}

void PollSchedule::boost(Duration interval, TimePoint until) {
  boost_interval_ = std::max<Duration>(interval, kShortestBoost);
  boost_until_ = std::max(boost_until_, until);
  for (Entry& entry : entries_) {
    const bool waits = entry.due != TimePoint::max() && entry.last != TimePoint{} && !entry.backed_off;
    if (waits) entry.due = std::min(entry.due, after(entry.last, entry.interval));
  }
}

}  // namespace bluetti::gateway
