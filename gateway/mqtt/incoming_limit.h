// SPDX-License-Identifier: MIT
// Keeps messages out that are larger than anything of use, before anything of them is copied. What the library itself
// takes for one message is bounded by base/allocation_limit.h.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/base/allocation_limit.h"
#include "gateway/base/event.h"

namespace bluetti::gateway {

class IncomingLimit {
 public:
  static constexpr std::size_t kCloud = std::size_t{64} << 10;   // bytes of payload: a station sends some 300
  static constexpr std::size_t kLocal = std::size_t{256} << 10;  // requests and commands are small as well
  static constexpr std::chrono::minutes kApart{1};               // between two events

  IncomingLimit(Link link, EventSink sink);

  [[nodiscard]] std::size_t limit() const { return limit_; }

  // False: the message is to be left alone. That is counted, and an event now and then. One thread at a time.
  [[nodiscard]] bool admits(std::string_view topic, std::size_t payload_size);

  // A message that there was no memory for.
  void lost() { ++count_; }

  // Why a connection ended, if the library was refused memory for a message since the last call; else nothing.
  [[nodiscard]] std::string_view why_ended();

  [[nodiscard]] std::uint64_t count() const { return count_; }  // kept out so far; any thread

 private:
  const Link link_;
  const EventSink sink_;
  const std::size_t limit_;
  std::atomic<std::uint64_t> count_ = 0;
  std::uint64_t refused_ = refused_allocations();
  TimePoint say_at_ = TimePoint::min();
};

}  // namespace bluetti::gateway
