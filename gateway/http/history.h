// SPDX-License-Identifier: MIT
// The last hours of each station, a sample a minute, for small graphs. Bounded: 6 hours, 20 bytes a sample. Any thread.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/http/facts.h"

namespace bluetti::gateway::http {

class History {
 public:
  static constexpr std::chrono::minutes kInterval{1};
  static constexpr std::size_t kSamples = 360;
  static constexpr std::array<std::string_view, 5> kSeries{"soc", "solar", "grid", "home", "battery"};
  using Sample = std::array<float, kSeries.size()>;  // NaN: not known

  // One for all stations there are; what is known of others is forgotten.
  void add(const std::vector<StationPointer>& stations, WallTime at);

  struct Series {
    WallTime last;  // of the newest sample
    std::vector<Sample> samples;
  };
  [[nodiscard]] Series of(std::string_view station) const;

 private:
  mutable std::mutex mutex_;
  WallTime last_;
  std::map<std::string, std::deque<Sample>, std::less<>> samples_;
};

}  // namespace bluetti::gateway::http
