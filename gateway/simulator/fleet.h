// SPDX-License-Identifier: MIT
// The stations of one simulation: so many, with consecutive serial numbers, taking the models in turn. Start-up only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "gateway/simulator/any_station.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::simulator {

struct FleetPlan {
  std::vector<std::string> models;
  std::size_t stations = 1;
  std::uint64_t first_serial = 0;
  std::uint64_t seed = 0;
  schemas::Way way = schemas::Way::cloud;
  std::filesystem::path captures;  // empty: each station lives through a day of its own
};

struct Fleet {
  std::vector<std::unique_ptr<const SimulatedModel>> models;  // the stations refer to them
  std::vector<AnyStation> stations;
};

// The catalogue must outlive the fleet. The error says what is wrong with the plan.
[[nodiscard]] std::variant<Fleet, std::string> make_fleet(const FleetPlan& plan, const schemas::Catalog& catalog);

}  // namespace bluetti::gateway::simulator
