// SPDX-License-Identifier: MIT
// What could be changed at each station with a configuration, and why the rest may not. No network.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/cli/table.h"
#include "gateway/config/config.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::cli {

class ControlPlan {
 public:
  ControlPlan(const Config& config, const schemas::Catalog& catalog);

  // Of stations whose model is known: every setting, whether it may be changed, and if not, why.
  [[nodiscard]] std::string text(bool colour) const;
  // ", 12 of 20 settings can be changed"; empty where control is off.
  [[nodiscard]] std::string summary_of(const std::string& station) const;
  // {"enabled":...,"per_minute":...,"audit":...,"settings":[...]}
  [[nodiscard]] std::string json() const;
  // Limits without an effect.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void add_station(const StationConfig& station, const schemas::Catalog& catalog);

  const ControlConfig& control_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> offered_;  // by station: of how many
  std::vector<std::string> warnings_;
  Table settings_{{{"station", "Station"},
                   {"setting", "Setting"},
                   {"min", "Min"},
                   {"max", "Max"},
                   {"step", "Step"},
                   {"unit", "Unit"},
                   {"values", "Values"},
                   {"evidence", "Evidence"},
                   {"offered", "May be changed"},
                   {"reason", "Why not"}}};
};

}  // namespace bluetti::gateway::cli
