// SPDX-License-Identifier: MIT
// What the simulator can play: a station made up, or one out of a record.
#pragma once

#include <variant>

#include "gateway/simulator/replayed_station.h"
#include "gateway/simulator/simulated_station.h"

namespace bluetti::gateway::simulator {

using AnyStation = std::variant<SimulatedStation, ReplayedStation>;

[[nodiscard]] inline protocol::CloudAddress address_of(const AnyStation& station) {
  return std::visit([](const auto& kind) { return kind.address(); }, station);
}

}  // namespace bluetti::gateway::simulator
