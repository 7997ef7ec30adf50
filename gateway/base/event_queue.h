// SPDX-License-Identifier: MIT
// The one way from library threads to the loop. Bounded in messages and in bytes: when it is full the oldest messages
// are dropped and counted, so that a flood cannot take the memory; connection and stop events are never dropped. Any
// thread may push, one thread pops.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "gateway/base/descriptor.h"
#include "gateway/base/event.h"

namespace bluetti::gateway {

class EventQueue {
 public:
  static constexpr std::size_t kCapacity = 16384;                  // messages
  static constexpr std::size_t kMostBytes = std::size_t{8} << 20;  // of all that wait, with what keeping them takes

  explicit EventQueue(std::size_t capacity = kCapacity, std::size_t most_bytes = kMostBytes)
      : capacity_(capacity), most_bytes_(most_bytes) {}
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  // Safe to call from a library's callback: waits for nothing but the queue's own short lock. Without memory for it the
  // event counts as dropped.
  void push(Event event) noexcept;

  // Ends a wait, although there is no event. Any thread.
  void wake() noexcept;

  // Moves everything that waits into `out` (cleared first). Returns at `deadline` at the latest, perhaps with nothing.
  void pop_until(TimePoint deadline, std::vector<Event>& out);

  [[nodiscard]] std::uint64_t dropped() const;  // since the start

  // pop_until() also returns when this descriptor is readable. It must outlive the queue, or be replaced before
  // it is closed; negative: none. Of the thread that pops.
  void also_wait_for(int descriptor);

 private:
  void drop_oldest_message();
  void wait_for_both(TimePoint deadline);
  void end_waiting_for_both();  // the lock is held

  std::size_t capacity_;
  std::size_t most_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Event> events_;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;  // of the messages
  std::uint64_t dropped_ = 0;
  int other_ = -1;                  // to be waited for as well; negative: nothing
  std::optional<Descriptor> wake_;  // written to by push() while other_ is waited for
  bool is_waiting_ = false;
  bool woken_ = false;
};

}  // namespace bluetti::gateway
