// SPDX-License-Identifier: MIT
#include "gateway/base/event_queue.h"

#include <algorithm>
#include <new>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr std::size_t kKeeping = sizeof(Event) + 128;  // beside the text: the owner, and what a library keeps

bool is_message(const Event& event) {
  return std::holds_alternative<MessageArrived>(event);
}

// What a message takes; 0 for other events, which are few and small.
std::size_t size_of(const Event& event) {
  const auto* message = std::get_if<MessageArrived>(&event);
  if (!message) return 0;
  const ReplyTo* reply_to = message->reply_to;
  const std::size_t reply = reply_to != nullptr ? reply_to->topic.size() + reply_to->correlation.size() : 0;
  return kKeeping + message->topic.size() + message->payload.size() + reply;
}

}  // namespace

void EventQueue::push(Event event) noexcept {
  const std::size_t size = size_of(event);
  try {
    const std::lock_guard lock(mutex_);
    if (size > most_bytes_) {
      ++dropped_;
      return;
    }
    while (size > 0 && (messages_ == capacity_ || bytes_ + size > most_bytes_)) drop_oldest_message();
    events_.push_back(std::move(event));
    messages_ += size > 0 ? 1U : 0U;
    bytes_ += size;
  } catch (const std::bad_alloc&) {
    const std::lock_guard lock(mutex_);
    ++dropped_;
    return;
  }
  arrived_.notify_one();
}

void EventQueue::drop_oldest_message() {
  const auto oldest = std::find_if(events_.begin(), events_.end(), is_message);
  bytes_ -= size_of(*oldest);
  --messages_;
  ++dropped_;
  events_.erase(oldest);
}

void EventQueue::pop_until(TimePoint deadline, std::vector<Event>& out) {
  out.clear();
  std::unique_lock lock(mutex_);
  arrived_.wait_until(lock, deadline, [this] { return !events_.empty(); });
  out.reserve(events_.size());
  std::move(events_.begin(), events_.end(), std::back_inserter(out));
  events_.clear();
  messages_ = 0;
  bytes_ = 0;
}

std::uint64_t EventQueue::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace bluetti::gateway
