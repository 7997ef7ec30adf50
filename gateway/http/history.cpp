// SPDX-License-Identifier: MIT
#include "gateway/http/history.h"

#include <algorithm>
#include <limits>

namespace bluetti::gateway::http {
namespace {

float sample_of(const std::optional<double>& value) {
  return value ? static_cast<float>(*value) : std::numeric_limits<float>::quiet_NaN();
}

// What a station told before it fell silent is no sample of now.
History::Sample sample_of(const StationView& station) {
  if (!station.online) {
    History::Sample nothing;
    nothing.fill(sample_of(std::nullopt));
    return nothing;
  }
  const Facts facts = facts_of(station);
  return {sample_of(facts.soc), sample_of(facts.solar), sample_of(facts.grid), sample_of(facts.home),
          sample_of(facts.battery)};
}

}  // namespace

void History::add(const std::vector<StationPointer>& stations, WallTime at) {
  const std::lock_guard lock(mutex_);
  last_ = at;
  std::erase_if(samples_, [&](const auto& one) {
    return std::ranges::none_of(stations, [&](const StationPointer& station) { return station->id == one.first; });
  });
  for (const StationPointer& station : stations) {
    std::deque<Sample>& samples = samples_[station->id];
    samples.push_back(sample_of(*station));
    if (samples.size() > kSamples) samples.pop_front();
  }
}

History::Series History::of(std::string_view station) const {
  const std::lock_guard lock(mutex_);
  const auto found = samples_.find(station);
  if (found == samples_.end()) return {};
  return {last_, {found->second.begin(), found->second.end()}};
}

}  // namespace bluetti::gateway::http
