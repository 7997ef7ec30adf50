// SPDX-License-Identifier: MIT
// The delays of a RetryPolicy one after the other, without an end to the attempts. The loop's thread only.
#pragma once

#include <algorithm>
#include <random>

#include "gateway/base/retry_policy.h"
#include "gateway/base/time.h"

namespace bluetti::gateway {

// For connections: up to a quarter is added, so that many gateways do not come back in step.
[[nodiscard]] inline RetryPolicy reconnect_policy(Duration first, Duration longest, double factor = 2) {
  return {.attempts = 1, .initial_delay = first, .factor = factor, .longest_delay = longest, .jitter = 0.25};
}

class Backoff {
 public:
  Backoff(const RetryPolicy& policy, std::uint64_t seed)
      : policy_(policy), random_(static_cast<std::minstd_rand::result_type>(seed)) {}

  // The wait before the next try. A refusal counts double: somebody meant it.
  [[nodiscard]] Duration next(bool refused = false) {
    const Duration wait = policy_.delay_after(attempt_, std::uniform_real_distribution<double>(0.0, 1.0)(random_));
    attempt_ = std::min(attempt_ + (refused ? 2 : 1), kMostAttempts);
    return wait;
  }

  void reset() { attempt_ = 1; }

 private:
  static constexpr int kMostAttempts = 1000;  // the longest delay is reached long before

  RetryPolicy policy_;
  int attempt_ = 1;
  std::minstd_rand random_;
};

}  // namespace bluetti::gateway
