// SPDX-License-Identifier: MIT
#include "gateway/http/event_log.h"

#include <fmt/format.h>

#include "gateway/base/parse_number.h"

namespace bluetti::gateway::http {

std::string EventLog::id_of(std::uint64_t number) const {
  return fmt::format("{}-{}", epoch_, number);
}

void EventLog::add(std::string_view kind, std::string_view data) {
  ++last_;
  events_.push_back(fmt::format("id: {}\nevent: {}\ndata: {}\n\n", id_of(last_), kind, data));
  bytes_ += events_.back().size();
  while (events_.size() > kMostEvents || (bytes_ > kMostBytes && events_.size() > 1)) {
    bytes_ -= events_.front().size();
    events_.pop_front();
  }
}

void EventLog::clear() {
  events_.clear();
  bytes_ = 0;
  ++last_;
}

std::string EventLog::reset() const {
  return fmt::format("id: {}\nevent: reset\ndata: {{}}\n\n", id_of(last_));
}

std::string EventLog::next(std::uint64_t& after) const {
  if (after >= last_) return {};
  const std::uint64_t behind = last_ - after;
  if (behind > events_.size()) {
    after = last_;
    return reset();
  }
  ++after;
  return events_[events_.size() - static_cast<std::size_t>(behind)];
}

bool EventLog::resume(std::string_view last_event_id, std::uint64_t& after) const {
  after = last_;
  const std::size_t dash = last_event_id.rfind('-');
  if (dash == std::string_view::npos || last_event_id.substr(0, dash) != epoch_) return false;
  const auto number = parse_number<std::uint64_t>(last_event_id.substr(dash + 1));
  if (!number || *number > last_ || last_ - *number > events_.size()) return false;
  after = *number;
  return true;
}

}  // namespace bluetti::gateway::http
