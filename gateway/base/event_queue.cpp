// SPDX-License-Identifier: MIT
#include "gateway/base/event_queue.h"

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

bool is_message(const Event& event) {
  return std::holds_alternative<MessageArrived>(event);
}

}  // namespace

void EventQueue::push(Event event) noexcept {
  const bool message = is_message(event);
  {
    const std::lock_guard lock(mutex_);
    if (message && messages_ == capacity_) {
      events_.erase(std::find_if(events_.begin(), events_.end(), is_message));
      --messages_;
      ++dropped_;
    }
    events_.push_back(std::move(event));
    messages_ += message ? 1U : 0U;
  }
  arrived_.notify_one();
}

void EventQueue::pop_until(TimePoint deadline, std::vector<Event>& out) {
  out.clear();
  std::unique_lock lock(mutex_);
  arrived_.wait_until(lock, deadline, [this] { return !events_.empty(); });
  out.reserve(events_.size());
  std::move(events_.begin(), events_.end(), std::back_inserter(out));
  events_.clear();
  messages_ = 0;
}

std::uint64_t EventQueue::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace bluetti::gateway
