// SPDX-License-Identifier: MIT
// How long things took, as counts in buckets that each are an eighth wider than the one before: percentiles to 12 %,
// a few hundred bytes, no allocation. The loop's thread only.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace bluetti::gateway {

class LatencyHistogram {
 public:
  void add(std::chrono::nanoseconds taken);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::nanoseconds sum() const { return sum_; }
  // How many surely took no longer.
  [[nodiscard]] std::uint64_t count_within(std::chrono::nanoseconds limit) const;
  // The time that `share` (0 to 1) of all stayed within; zero if there were none.
  [[nodiscard]] std::chrono::nanoseconds percentile(double share) const;

 private:
  static constexpr std::size_t kBuckets = std::size_t{8} * 34;  // 1 ns to 17 s
  [[nodiscard]] static std::size_t bucket_of(std::uint64_t nanoseconds);
  [[nodiscard]] static std::uint64_t upper_bound_of(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds sum_{0};
};

}  // namespace bluetti::gateway
