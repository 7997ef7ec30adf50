// SPDX-License-Identifier: MIT
#include "gateway/simulator/fleet.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "gateway/config/suggestion.h"
#include "gateway/simulator/captures.h"

namespace bluetti::gateway::simulator {
namespace {

// What the stations of one model are made from.
struct Mould {
  const SimulatedModel* model = nullptr;
  std::optional<StationImage> captured;

  [[nodiscard]] SimulatedStation cast(Identity identity) const {
    if (captured) return {*model->model, std::move(identity), *captured};
    return {*model, std::move(identity)};
  }
};

}  // namespace

std::variant<Fleet, std::string> make_fleet(const FleetPlan& plan, const schemas::Catalog& catalog) {
  if (plan.models.empty() || plan.stations == 0) return std::string{"no station to simulate"};
  Fleet fleet;
  std::vector<Mould> moulds;
  for (const std::string& name : plan.models) {
    const schemas::Model* model = catalog.model(name);
    if (model == nullptr) return unknown_model(name, catalog);
    if (plan.way == schemas::Way::lan && model->lan.blocks.empty()) {
      return fmt::format("nothing is known of the model {} over Modbus TCP", model->title);
    }
    fleet.models.push_back(std::make_unique<SimulatedModel>(make_simulated_model(*model, catalog, plan.way)));
    Mould& mould = moulds.emplace_back(Mould{.model = fleet.models.back().get(), .captured = {}});
    if (plan.captures.empty()) continue;
    auto captured = load_captures(plan.captures, *model);
    if (auto* error = std::get_if<std::string>(&captured)) return std::move(*error);
    mould.captured = std::move(std::get<StationImage>(captured));
  }
  fleet.stations.reserve(plan.stations);
  for (std::size_t i = 0; i < plan.stations; ++i) {
    const Mould& mould = moulds[i % moulds.size()];
    std::string serial = fmt::format("{}", plan.first_serial + i);
    const std::uint64_t seed = seed_of(plan.seed, serial);
    fleet.stations.emplace_back(
        mould.cast({.model = mould.model->model->name, .serial = std::move(serial), .seed = seed}));
  }
  return fleet;
}

}  // namespace bluetti::gateway::simulator
