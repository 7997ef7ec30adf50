// SPDX-License-Identifier: MIT
// How long to wait before the next try: doubling from `first` to `longest`, with up to a quarter added at random so
// that many gateways do not come back in step. The loop's thread only.
#pragma once

#include <algorithm>
#include <random>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class Backoff {
 public:
  Backoff(Duration first, Duration longest, std::uint64_t seed)
      : first_(first), longest_(longest), next_(first), random_(static_cast<std::minstd_rand::result_type>(seed)) {}

  // The wait before the next try. A refusal counts double: somebody meant it.
  [[nodiscard]] Duration next(bool refused = false) {
    const Duration wait = next_;
    next_ = std::min(next_ * (refused ? 4 : 2), longest_);
    const double extra = std::uniform_real_distribution<double>(0.0, 0.25)(random_);
    return wait + std::chrono::duration_cast<Duration>(wait * extra);
  }

  void reset() { next_ = first_; }

 private:
  Duration first_;
  Duration longest_;
  Duration next_;
  std::minstd_rand random_;
};

}  // namespace bluetti::gateway
