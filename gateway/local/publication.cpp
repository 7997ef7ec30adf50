// SPDX-License-Identifier: MIT
#include "gateway/local/publication.h"

#include <utility>

#include "discovery/discovery.h"
#include "gateway/local/bridge.h"

namespace bluetti::gateway {

Publication::Publication(Bridge& bridge, StationName name, const Station& station, bool ours)
    : is_ours(ours), bridge_(bridge), name_(std::move(name)), station_(station) {
  bridge_.add(*this);
}

Publication::~Publication() {
  bridge_.remove(*this);
}

std::vector<std::string> Publication::paths(bool with_json_state) const {
  std::vector<std::string> paths{"availability"};
  if (with_json_state) paths.push_back("state");
  for (const BlockState& block : station_.blocks()) {
    for (const schemas::Slot& slot : block.decoder->slots()) {
      if (!slot.field->secret) paths.push_back(slot.path);
    }
  }
  if (has_problem_words(station_)) {
    paths.emplace_back(discovery::kProblemPath);
    paths.emplace_back(discovery::kProblemsPath);
  }
  if (freshness.any_can_be_unavailable()) paths.emplace_back(discovery::kOldValuesPath);
  for (const schemas::Setting* setting : settings) {
    if (setting->facts().kind == schemas::SettingKind::time_slot) paths.push_back(setting->path());
  }
  return paths;
}

std::size_t Publication::values() const {
  std::size_t values = 1;
  for (const BlockState& block : station_.blocks()) values += block.decoder->slots().size();
  return values;
}

}  // namespace bluetti::gateway
