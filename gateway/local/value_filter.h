// SPDX-License-Identifier: MIT
// Keeps restless values from flooding those who record them: a change smaller than the field's dead-band is not told,
// and of changes in quick succession only the last is, when the field's interval has passed. What is held back is never
// lost: a refresh tells it, and a held change goes out by itself. What the user says of a field or unit replaces
// what holds by default. The loop's thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "gateway/base/station_handle.h"
#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "schemas/decoder.h"

namespace bluetti::gateway {

class ValueFilter {
 public:
  // Names one value of one station.
  struct Place {
    StationHandle station;
    std::uint16_t block = 0;  // index
    std::uint16_t slot = 0;
    friend bool operator==(Place, Place) = default;
  };

  [[nodiscard]] static Place place(StationHandle station, std::size_t block, std::size_t slot) {
    return {station, static_cast<std::uint16_t>(block), static_cast<std::uint16_t>(slot)};
  }

  explicit ValueFilter(const PublishConfig& config) : config_(config) {}

  // Whether a changed value is to be told now. Every value that is told must come through here or told().
  [[nodiscard]] bool passes(Place place, const schemas::Slot& slot, const schemas::Value& value, TimePoint now);
  void told(Place place, const schemas::Slot& slot, const schemas::Value& value, TimePoint now);

  // The held values whose time has come; they are not held any more.
  [[nodiscard]] std::vector<Place> take_due(TimePoint now);
  [[nodiscard]] TimePoint next() const { return next_; }  // TimePoint::max(): nothing is held

  void forget(StationHandle station);  // it is gone, or its blocks have other indices now

 private:
  struct Rule {
    double dead_band = 0;
    double relative = 0;
    Duration interval{};
    double jump = 0;  // so many dead-bands do not wait; 0: all do
  };
  struct Told {
    double number = 0;
    TimePoint due;  // of the next change
    bool present = false;
    bool held = false;  // there is a change
  };
  struct Hash {
    std::size_t operator()(Place place) const noexcept {  // else each entry keeps it
      return std::hash<std::uint64_t>{}((std::uint64_t{place.station.number} << 32) |
                                        (std::uint32_t{place.block} << 16) | place.slot);
    }
  };

  [[nodiscard]] bool is_idle() const {
    return config_.dead_band.empty() && config_.min_interval.empty() && config_.defaults.empty();
  }
  [[nodiscard]] std::optional<Rule> rule_for(const schemas::Slot& slot);

  PublishConfig config_;
  std::unordered_map<const schemas::Slot*, std::optional<Rule>> rules_;
  std::unordered_map<Place, Told, Hash> told_;
  TimePoint next_ = TimePoint::max();
};

}  // namespace bluetti::gateway
