// SPDX-License-Identifier: MIT
// `energy-dashboard`: which entities of the configured stations belong where in Home Assistant's energy dashboard. By
// the one rule for entity ids, from the data files alone; no network.
#include <fmt/format.h>

#include <array>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "discovery/discovery.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/table.h"
#include "schemas/decoder.h"

namespace bluetti::gateway::cli {
namespace {

struct Place {
  std::string_view name;   // of the entity
  std::string_view where;  // in the dashboard
};

constexpr std::array<Place, 11> kPlaces{{{"Grid import energy", "Electricity grid: imported from grid"},
                                         {"Grid export energy", "Electricity grid: returned to grid"},
                                         {"Grid power", "Electricity grid: power"},
                                         {"PV energy", "Solar panels: production"},
                                         {"PV power", "Solar panels: power"},
                                         {"Battery discharge energy", "Home battery: discharged from it"},
                                         {"Battery charge energy", "Home battery: charged into it"},
                                         {"Battery power", "Home battery: power"},
                                         {"Battery", "Home battery: state of charge"},
                                         {"AC output energy", "Individual devices: consumption"},
                                         {"DC output energy", "Individual devices: consumption"}}};

// Entity ids by name: of those that are switched on, each once.
using Entities = std::map<std::string, std::string, std::less<>>;

Entities entities_of(const StationConfig& station, const schemas::Catalog& catalog) {
  Entities entities;
  for (const auto& [id, interval] : station.poll) {
    const schemas::Decoder decoder(*catalog.block(id), *station.model);
    for (const schemas::Slot& slot : decoder.slots()) {
      const discovery::EntityClass kind = discovery::entity_class(*slot.field);
      if (!discovery::is_entity(*slot.field) || !kind.enabled || slot.item > 1) continue;
      const std::string name = discovery::entity_name(slot, decoder.block());
      entities.emplace(name, fmt::format("{}.{}", kind.platform, discovery::entity_id(station.id, name)));
    }
  }
  return entities;
}

void add_rows(const StationConfig& station, const Entities& entities, Table& table) {
  for (const Place& place : kPlaces) {
    const auto found = entities.find(place.name);
    if (found != entities.end()) table.add({station.id, std::string(place.where), found->second});
  }
}

nlohmann::json entity(const Entities& entities, std::string_view name) {
  const auto found = entities.find(name);
  return found == entities.end() ? nlohmann::json() : nlohmann::json(found->second);
}

// What Home Assistant's `energy/save_prefs` takes. Home Assistant counts the power of a battery as the gateway does:
// positive while it discharges.
void add_preferences(const Entities& entities, nlohmann::json& sources, nlohmann::json& devices) {
  const auto rate = [&](std::string_view name) { return nlohmann::json{{"stat_rate", entity(entities, name)}}; };
  if (entities.contains("Grid import energy")) {
    nlohmann::json grid{{"type", "grid"},
                        {"stat_energy_from", entity(entities, "Grid import energy")},
                        {"stat_energy_to", entity(entities, "Grid export energy")},
                        {"stat_cost", nullptr},
                        {"stat_compensation", nullptr},
                        {"entity_energy_price", nullptr},
                        {"number_energy_price", nullptr},
                        {"entity_energy_price_export", nullptr},
                        {"number_energy_price_export", nullptr},
                        {"cost_adjustment_day", 0}};
    if (entities.contains("Grid power")) grid["power_config"] = rate("Grid power");
    sources.push_back(std::move(grid));
  }
  if (entities.contains("PV energy")) {
    sources.push_back({{"type", "solar"},
                       {"stat_energy_from", entity(entities, "PV energy")},
                       {"stat_rate", entity(entities, "PV power")},
                       {"config_entry_solar_forecast", nullptr}});
  }
  if (entities.contains("Battery discharge energy") && entities.contains("Battery charge energy")) {
    nlohmann::json battery{{"type", "battery"},
                           {"stat_energy_from", entity(entities, "Battery discharge energy")},
                           {"stat_energy_to", entity(entities, "Battery charge energy")}};
    if (entities.contains("Battery power")) battery["power_config"] = rate("Battery power");
    if (entities.contains("Battery")) battery["stat_soc"] = entity(entities, "Battery");
    sources.push_back(std::move(battery));
  }
  for (const char* output : {"AC output", "DC output"}) {
    if (const nlohmann::json energy = entity(entities, std::string(output) + " energy"); !energy.is_null()) {
      devices.push_back({{"stat_consumption", energy}});
    }
  }
}

}  // namespace

int energy_dashboard(const EnergyOptions& options) {
  const Environment environment = Environment::of_process();
  const auto catalog = schemas::Catalog::load(schema_folders_of(options.config, environment));
  const ConfigResult result = load_config(options.config, environment, catalog);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    print_problems(*problems);
    return kUsage;
  }
  Table table({{"station", "Station"}, {"place", "In the energy dashboard"}, {"entity", "Entity"}});
  nlohmann::json sources = nlohmann::json::array();
  nlohmann::json devices = nlohmann::json::array();
  for (const StationConfig& station : std::get<Config>(result).stations) {
    if (station.model == nullptr) {
      std::cerr << "warning: " << station.id << ": its model is not known before it is connected: set `model`\n";
      continue;
    }
    const Entities entities = entities_of(station, catalog);
    add_rows(station, entities, table);
    add_preferences(entities, sources, devices);
  }
  if (options.json) {
    std::cout << nlohmann::json{{"energy_sources", sources}, {"device_consumption", devices}}.dump(2) << '\n';
  } else {
    std::cout << table.text(colour_wanted());
  }
  return kDone;
}

}  // namespace bluetti::gateway::cli
