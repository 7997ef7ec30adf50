// SPDX-License-Identifier: MIT
// What may be written of each model, compiled once and shared by its stations; one of its own for a station whose owner
// sets limits. The loop's thread only.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/config/config.h"
#include "schemas/setting.h"

namespace bluetti::gateway {

class SettingsCache {
 public:
  using Limits = std::map<std::string, SettingLimits, std::less<>>;  // by path

  // nullptr: nothing of it may be written. Limits that would widen what the data allow have no effect: `check` says so.
  [[nodiscard]] std::shared_ptr<const schemas::SettingsOfModel> of(const schemas::Catalog& catalog,
                                                                   const schemas::Model& model, const Limits& limits,
                                                                   schemas::Way way);
  void clear() { shared_.clear(); }

 private:
  std::map<std::pair<const schemas::Model*, schemas::Way>, std::shared_ptr<const schemas::SettingsOfModel>> shared_;
};

}  // namespace bluetti::gateway
