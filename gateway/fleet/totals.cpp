// SPDX-License-Identifier: MIT
#include "gateway/fleet/totals.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "discovery/discovery.h"

namespace bluetti::gateway {
namespace {

// A value by the name under which every model has it, and only if it is one that is shown.
struct Part {
  bool exists = false;
  std::optional<double> value;
};

Part part_of(const Station& station, std::string_view name) {
  Part part;
  for (const BlockState& block : station.blocks()) {
    const auto slots = block.decoder->slots();
    for (std::size_t index = 0; index < slots.size(); ++index) {
      const schemas::Field& field = *slots[index].field;
      if (slots[index].item > 0 || field.title != name || !discovery::entity_class(field).enabled) continue;
      part.exists = !block.refused;
      const schemas::Value& value = block.current().values[index];
      if (value.present() && station.online()) part.value = value.number();
      return part;
    }
  }
  return part;
}

// The mean of the charge, by what each battery holds when it is full.
std::string charge_of(const Fleet& fleet, std::string_view name) {
  double stored = 0;
  double capacity = 0;
  for (const auto& member : fleet.members()) {
    const Part part = part_of(member->station, name);
    if (!part.exists) continue;
    if (!part.value || member->config.capacity <= 0) return {};
    stored += *part.value * member->config.capacity;
    capacity += member->config.capacity;
  }
  return capacity > 0 ? fmt::format("{}", std::round(stored / capacity)) : std::string();
}

std::string sum_of(const Fleet& fleet, std::string_view name) {
  double sum = 0;
  bool is_any = false;
  for (const auto& member : fleet.members()) {
    const Part part = part_of(member->station, name);
    if (!part.exists) continue;
    if (!part.value) return {};
    is_any = true;
    sum += *part.value;
  }
  return is_any ? fmt::format("{}", std::round(sum * 10) / 10) : std::string();
}

}  // namespace

std::vector<TotalStatus> totals_of(const Fleet& fleet) {
  std::vector<TotalStatus> totals;
  if (!fleet.config().discovery.totals || fleet.members().size() < 2) return totals;
  for (const discovery::Total& total : discovery::kTotals) {
    const bool is_mean = total.device_class == "battery";
    totals.push_back({std::string(total.path), is_mean ? charge_of(fleet, total.name) : sum_of(fleet, total.name)});
  }
  return totals;
}

}  // namespace bluetti::gateway
