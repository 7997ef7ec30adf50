// SPDX-License-Identifier: MIT
// What everybody wants to know of a station first, whatever its model: level, powers, time left. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/snapshot.h"

namespace bluetti::gateway::http {

// A value of a station, if it is present.
struct FoundValue {
  const BlockView* block = nullptr;
  const schemas::Slot* slot = nullptr;
  const schemas::Value* value = nullptr;
};
[[nodiscard]] std::optional<FoundValue> find(const StationView& station, std::string_view path);
[[nodiscard]] std::string text_of(const FoundValue& found);  // as its topic has it

struct Facts {
  std::optional<double> soc;      // %
  std::optional<double> solar;    // W
  std::optional<double> grid;     // W, positive: taken from the grid
  std::optional<double> home;     // W, all outputs together
  std::optional<double> battery;  // W, positive: discharging
  std::optional<double> minutes_to_full;
  std::optional<double> minutes_to_empty;
  std::string charging_status;       // "idle", "charging", "discharging"; empty: not known
  std::optional<TimePoint> updated;  // the newest of its blocks
};
[[nodiscard]] Facts facts_of(const StationView& station);

}  // namespace bluetti::gateway::http
