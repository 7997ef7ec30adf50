// SPDX-License-Identifier: MIT
#include "gateway/transport/request_budget.h"

#include <algorithm>

namespace bluetti::gateway {
namespace {

constexpr int kBurstShare = 12;  // of the budget may go at once: five seconds' worth

int burst_of(int per_minute) {
  return std::max(1, per_minute / kBurstShare);
}

std::int64_t second_of(TimePoint now) {
  return std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
}

}  // namespace

// A full burst and what follows it within a minute are `per_minute` together.
RequestBudget::RequestBudget(int per_minute)
    : per_minute_(std::max(1, per_minute)),
      spacing_(Duration(std::chrono::minutes(1)) / (per_minute_ - burst_of(per_minute_) + 1) + Duration(1)),
      head_start_(spacing_ * (burst_of(per_minute_) - 1)) {}

bool RequestBudget::take(TimePoint now) {
  if (next(now) > now) return false;
  steady_ = std::max(steady_, now) + spacing_;
  const std::int64_t number = second_of(now);
  Second& second = seconds_[static_cast<std::size_t>(number) % kSeconds];
  if (second.number != number) second = {.number = number};
  ++second.requests;
  return true;
}

TimePoint RequestBudget::next(TimePoint now) const {
  return std::max(now, steady_ - head_start_);
}

int RequestBudget::measured(TimePoint now) const {
  const std::int64_t oldest = second_of(now) - static_cast<std::int64_t>(kSeconds) + 1;
  int requests = 0;
  for (const Second& second : seconds_) {
    if (second.number >= oldest) requests += second.requests;
  }
  return requests;
}

void TurnQueue::join(StationHandle station, bool is_awaited) {
  Line& line = is_awaited ? awaited_ : polls_;
  if (line.members.insert(station).second) line.stations.push_back(station);
}

std::optional<StationHandle> TurnQueue::take() {
  if (empty()) return std::nullopt;
  const bool takes_poll = awaited_.stations.empty() || (polls_are_next_ && !polls_.stations.empty());
  Line& line = takes_poll ? polls_ : awaited_;
  polls_are_next_ = !takes_poll;
  const StationHandle station = line.stations.front();
  line.stations.pop_front();
  line.members.erase(station);
  return station;
}

void TurnQueue::clear() {
  polls_ = {};
  awaited_ = {};
}

}  // namespace bluetti::gateway
