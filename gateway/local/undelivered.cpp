// SPDX-License-Identifier: MIT
#include "gateway/local/undelivered.h"

#include <algorithm>

namespace bluetti::gateway {

void Undelivered::failed(std::string_view topic) {
  topics_.insert_or_assign(std::string(topic), Attempt{});
}

void Undelivered::sent(std::string_view topic) {
  const auto known = topics_.find(topic);
  if (known != topics_.end()) known->second = {.is_under_way = true, .since = {}};
}

void Undelivered::forget(std::string_view topic) {
  const auto known = topics_.find(topic);
  if (known != topics_.end()) topics_.erase(known);
}

void Undelivered::on_down() {
  for (auto& [topic, attempt] : topics_) attempt = {};
}

void Undelivered::tick(TimePoint now) {
  for (auto each = topics_.begin(); each != topics_.end();) {
    Attempt& attempt = each->second;
    if (attempt.is_under_way && !attempt.since) attempt.since = now;
    const bool is_taken = attempt.is_under_way && now >= *attempt.since + kTaken;
    each = is_taken ? topics_.erase(each) : std::next(each);
  }
}

TimePoint Undelivered::next_action() const {
  TimePoint next = TimePoint::max();
  for (const auto& [topic, attempt] : topics_) {
    if (attempt.is_under_way) next = std::min(next, attempt.since ? *attempt.since + kTaken : TimePoint::min());
  }
  return next;
}

}  // namespace bluetti::gateway
