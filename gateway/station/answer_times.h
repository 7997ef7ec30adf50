// SPDX-License-Identifier: MIT
// How long answers took, counted as a histogram of Prometheus is: few buckets, since each is a time series per station.
// The loop's thread only; a copy may go anywhere.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "gateway/base/time.h"

namespace bluetti::gateway {

struct AnswerTimes {
  using Milliseconds = std::chrono::milliseconds;
  static constexpr std::array<Milliseconds, 8> kLimits{Milliseconds(10),   Milliseconds(50),  Milliseconds(100),
                                                       Milliseconds(250),  Milliseconds(500), Milliseconds(1000),
                                                       Milliseconds(2500), Milliseconds(5000)};

  std::array<std::uint64_t, kLimits.size() + 1> counts{};  // by the first limit that holds; the last: none does
  Duration sum{};

  void add(Duration took) {
    ++counts[static_cast<std::size_t>(std::ranges::lower_bound(kLimits, took) - kLimits.begin())];
    sum += took;
  }
};

}  // namespace bluetti::gateway
