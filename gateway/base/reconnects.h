// SPDX-License-Identifier: MIT
// When to connect again after a connection failed or ended, and whether somebody else keeps ending it. A connection
// proves itself by lasting: one that ends right after it came about does not shorten the next wait. The loop's thread
// only.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "gateway/base/backoff.h"
#include "gateway/base/time.h"

namespace bluetti::gateway {

class Reconnects {
 public:
  static constexpr std::chrono::seconds kProven{30};
  static constexpr int kContestedConnections = 3;  // in a row, each ended before it had proven itself

  Reconnects(Duration first, Duration longest, std::uint64_t seed) : backoff_(reconnect_policy(first, longest), seed) {}

  void connected(TimePoint now) { up_since_ = now; }

  // The connection ended, or a try to connect failed. `taken_over`: the broker says that somebody else came with the
  // same client id. `others`: the broker has addresses that this round has not tried. Returns the wait before the next
  // try.
  [[nodiscard]] Duration down(bool refused, bool taken_over, TimePoint now, bool others = false) {
    const std::optional<TimePoint> since = std::exchange(up_since_, std::nullopt);
    const bool lasted = since && now - *since >= kProven;
    if (lasted) backoff_.reset();
    if (since) short_ = lasted ? 0 : short_ + 1;
    if (!since && !refused) short_ = 0;  // the server itself was away: nobody evicts at a server that is not there
    contested_ = taken_over || (since && short_ >= kContestedConnections);
    if (others && !taken_over) return Duration::zero();
    return backoff_.next(refused || contested_);
  }

  // Of the last end: another client seems to use the same client id, so that each evicts the other.
  [[nodiscard]] bool contested() const { return contested_; }

  void reset() {
    backoff_.reset();
    up_since_.reset();
    short_ = 0;
    contested_ = false;
  }

 private:
  Backoff backoff_;
  std::optional<TimePoint> up_since_;
  int short_ = 0;
  bool contested_ = false;
};

}  // namespace bluetti::gateway
