// SPDX-License-Identifier: MIT
// How often to try what the network may have lost, and how long to wait in between. One class for the library, the
// commands and the daemon. Only transport errors are tried again: what a station answers, it answers the same the next
// time. A plain value; any thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

namespace bluetti {

struct RetryPolicy {
  using Delay = std::chrono::steady_clock::duration;

  int attempts = 3;                                      // with the first one; at least 1
  Delay initial_delay = std::chrono::milliseconds(500);  // before the second attempt
  double factor = 2;                                     // each delay is so many times the one before it; at least 1
  Delay longest_delay = std::chrono::seconds(5);         // not less than `initial_delay`
  double jitter = 0;                                     // up to this part of a delay is added at random; 0 to 1

  [[nodiscard]] bool is_valid() const {
    return attempts >= 1 && initial_delay >= Delay::zero() && factor >= 1 && std::isfinite(factor) &&
           longest_delay >= initial_delay && jitter >= 0 && jitter <= 1;
  }

  // The wait after an attempt, which counts from 1. `random`: from 0 to 1, for the jitter.
  [[nodiscard]] Delay delay_after(int attempt, double random = 0) const {
    const auto longest = static_cast<double>(longest_delay.count());
    const double grown = static_cast<double>(initial_delay.count()) * std::pow(factor, std::max(attempt, 1) - 1);
    return Delay(std::llround(std::min(grown, longest) * (1 + jitter * random)));
  }

  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

}  // namespace bluetti
