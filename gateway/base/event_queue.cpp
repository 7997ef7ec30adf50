// SPDX-License-Identifier: MIT
#include "gateway/base/event_queue.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <new>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr std::chrono::hours kLongestWait{1};
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
    end_waiting_for_both();
  } catch (const std::bad_alloc&) {
    const std::lock_guard lock(mutex_);
    ++dropped_;
    return;
  }
  arrived_.notify_one();
}

void EventQueue::wake() noexcept {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    end_waiting_for_both();
  }
  arrived_.notify_one();
}

void EventQueue::end_waiting_for_both() {
  if (!std::exchange(is_waiting_, false)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_->get(), &one, sizeof one);
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
  if (other_ >= 0) wait_for_both(deadline);
  std::unique_lock lock(mutex_);
  if (other_ < 0) arrived_.wait_until(lock, deadline, [this] { return woken_ || !events_.empty(); });
  woken_ = false;
  out.reserve(events_.size());
  std::move(events_.begin(), events_.end(), std::back_inserter(out));
  events_.clear();
  messages_ = 0;
  bytes_ = 0;
}

void EventQueue::also_wait_for(int descriptor) {
  const std::lock_guard lock(mutex_);
  if (descriptor >= 0 && !wake_) wake_.emplace(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  other_ = descriptor;
}

void EventQueue::wait_for_both(TimePoint deadline) {
  {
    const std::lock_guard lock(mutex_);
    if (woken_ || !events_.empty()) return;
    is_waiting_ = true;
  }
  using std::chrono::nanoseconds;
  // A deadline may be the least time there is.
  const TimePoint now = std::chrono::steady_clock::now();
  const nanoseconds left = deadline <= now ? nanoseconds(0) : std::min<nanoseconds>(deadline - now, kLongestWait);
  const auto whole = std::chrono::floor<std::chrono::seconds>(left);
  const timespec time_out{.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
  std::array<pollfd, 2> watched{pollfd{.fd = wake_->get(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = other_, .events = POLLIN, .revents = 0}};
  (void)ppoll(watched.data(), watched.size(), &time_out, nullptr);
  const std::lock_guard lock(mutex_);
  if (std::exchange(is_waiting_, false)) return;
  std::uint64_t times = 0;
  [[maybe_unused]] const auto taken = read(wake_->get(), &times, sizeof times);
}

std::uint64_t EventQueue::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace bluetti::gateway
