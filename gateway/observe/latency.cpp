// SPDX-License-Identifier: MIT
#include "gateway/observe/latency.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bluetti::gateway {

// A power of two has eight buckets: its exponent, and the three bits below the leading one.
std::size_t LatencyHistogram::bucket_of(std::uint64_t nanoseconds) {
  const std::uint64_t value = std::max<std::uint64_t>(nanoseconds, 8);
  const auto exponent = static_cast<std::size_t>(std::bit_width(value)) - 1;
  const std::size_t eighth = (value >> (exponent - 3)) & 7U;
  return std::min(exponent * 8 + eighth, kBuckets - 1);
}

std::uint64_t LatencyHistogram::upper_bound_of(std::size_t bucket) {
  const std::size_t exponent = bucket / 8;
  if (exponent < 3) return 8;
  return (std::uint64_t{8} + bucket % 8 + 1) << (exponent - 3);
}

void LatencyHistogram::add(std::chrono::nanoseconds taken) {
  ++buckets_[bucket_of(static_cast<std::uint64_t>(std::max<std::int64_t>(taken.count(), 0)))];
  ++count_;
  sum_ += taken;
}

std::uint64_t LatencyHistogram::count_within(std::chrono::nanoseconds limit) const {
  std::uint64_t count = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    if (std::chrono::nanoseconds(upper_bound_of(bucket)) > limit) break;
    count += buckets_[bucket];
  }
  return count;
}

std::chrono::nanoseconds LatencyHistogram::percentile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets && count_ > 0; ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted && seen > 0) return std::chrono::nanoseconds(upper_bound_of(bucket));
  }
  return {};
}

}  // namespace bluetti::gateway
