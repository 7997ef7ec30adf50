// SPDX-License-Identifier: MIT
#include "gateway/cli/control_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "gateway/base/clock.h"
#include "gateway/control/station_control.h"
#include "schemas/setting.h"

namespace bluetti::gateway::cli {
namespace {

using schemas::SettingKind;

Cell number_or_nothing(const std::optional<double>& number) {
  return number ? Cell(*number) : Cell();
}

// As the owner narrows them; what of that has no effect becomes a warning.
std::shared_ptr<const schemas::SettingsOfModel> limited(const StationConfig& station, const schemas::Catalog& catalog,
                                                        std::vector<std::string>& warnings, schemas::Way way) {
  auto settings = std::make_shared<schemas::SettingsOfModel>(catalog, *station.model, way);
  for (const auto& [path, limits] : station.limits) {
    const auto own = std::ranges::find(settings->all(), path, &schemas::Setting::path);
    if (own == settings->all().end()) {
      warnings.push_back(fmt::format("station {}: limits.{}: {}", station.id, path, settings->why_not(path)));
    } else if (!own->narrow(limits.min, limits.max)) {
      warnings.push_back(
          fmt::format("station {}: limits.{} has no effect: it may only narrow what the data allow, from {} to {}",
                      station.id, path, own->facts().rule.min.value_or(0),
                      own->facts().rule.max ? fmt::format("{}", *own->facts().rule.max) : "what you set"));
    }
  }
  return settings;
}

}  // namespace

ControlPlan::ControlPlan(const Config& config, const schemas::Catalog& catalog) : control_(config.control) {
  for (const StationConfig& station : config.stations) {
    if (station.model) add_station(station, catalog);
  }
}

void ControlPlan::add_station(const StationConfig& station, const schemas::Catalog& catalog) {
  const SteadyClock clock;
  const auto settings = limited(station, catalog, warnings_, station.via.front());
  StationControl control(clock, [](const ControlResult&) {});
  control.configure(catalog, station.model, settings,
                    {.enabled = control_.enabled, .per_minute = control_.per_minute, .consents = station.consents});
  for (const schemas::Setting& setting : settings->all()) {
    const schemas::Setting::Facts& facts = setting.facts();
    const bool is_number = facts.kind == SettingKind::number;
    const std::string reason = control.why_not(setting);
    auto& [offered, all] = offered_[station.id];
    if (reason.empty()) ++offered;
    ++all;
    settings_.add({station.id, facts.path, is_number ? Cell(facts.rule.min.value_or(0)) : Cell(),
                   number_or_nothing(facts.rule.max), is_number ? Cell(facts.rule.step.value_or(1)) : Cell(),
                   facts.unit, facts.words(), std::string(name_of(facts.evidence)), reason.empty(), reason});
  }
}

std::string ControlPlan::summary_of(const std::string& station) const {
  const auto found = offered_.find(station);
  if (!control_.enabled || found == offered_.end()) return {};
  return fmt::format(", {} of {} settings can be changed", found->second.first, found->second.second);
}

std::string ControlPlan::text(bool colour) const {
  return settings_.empty() ? std::string() : settings_.text(colour);
}

std::string ControlPlan::json() const {
  return fmt::format(R"({{"enabled":{},"per_minute":{},"audit":{},"settings":{}}})", control_.enabled,
                     control_.per_minute, json_text(control_.audit.string()), settings_.json());
}

}  // namespace bluetti::gateway::cli
