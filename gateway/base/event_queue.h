// SPDX-License-Identifier: MIT
// The one way from library threads to the loop. Bounded: when it is full the oldest message is dropped and counted, so
// that a flood cannot take the memory; connection and stop events are never dropped. Any thread may push, one thread
// pops.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "gateway/base/event.h"

namespace bluetti::gateway {

class EventQueue {
 public:
  static constexpr std::size_t kCapacity = 16384;

  explicit EventQueue(std::size_t capacity = kCapacity) : capacity_(capacity) {}
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  // Safe to call from a library's callback: waits for nothing but the queue's own short lock.
  void push(Event event) noexcept;

  // Moves everything that waits into `out` (cleared first). Returns at `deadline` at the latest, perhaps with nothing.
  void pop_until(TimePoint deadline, std::vector<Event>& out);

  [[nodiscard]] std::uint64_t dropped() const;

 private:
  std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Event> events_;
  std::size_t messages_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace bluetti::gateway
