// SPDX-License-Identifier: MIT
#include "gateway/http/facts.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace bluetti::gateway::http {
namespace {

// As all models call them.
constexpr std::string_view kGrid = "grid_power";
constexpr std::string_view kFeed = "grid_feed_power";  // of older models, whose grid power has no sign

std::optional<double> number_of(const StationView& station, std::string_view path) {
  const auto found = find(station, path);
  if (!found || !found->slot->field->is_numeric()) return std::nullopt;
  return found->value->number();
}

// Of those that are there.
std::optional<double> sum_of(const StationView& station, std::initializer_list<std::string_view> paths) {
  std::optional<double> sum;
  for (const std::string_view path : paths) {
    if (const auto number = number_of(station, path)) sum = sum.value_or(0) + *number;
  }
  return sum;
}

}  // namespace

std::optional<FoundValue> find(const StationView& station, std::string_view path) {
  for (const BlockView& block : station.blocks) {
    const auto slots = block.decoder->slots();
    const auto slot = std::ranges::find(slots, path, &schemas::Slot::path);
    if (slot == slots.end() || slot->field->secret) continue;
    const schemas::Value& value = block.row.values[static_cast<std::size_t>(slot - slots.begin())];
    if (value.present()) return FoundValue{&block, &*slot, &value};
  }
  return std::nullopt;
}

std::string text_of(const FoundValue& found) {
  std::array<char, schemas::kMaxFormatted> buffer{};
  return std::string(schemas::format(*found.slot->field, found.block->row, *found.value, buffer));
}

Facts facts_of(const StationView& station) {
  Facts facts{.soc = number_of(station, "soc"),
              .solar = number_of(station, "pv_power"),
              .grid = number_of(station, kGrid),
              .home = sum_of(station, {"ac_output_power", "dc_output_power"}),
              .battery = number_of(station, "pack_power"),
              .minutes_to_full = number_of(station, "time_to_full"),
              .minutes_to_empty = number_of(station, "time_to_empty"),
              .charging_status = {},
              .updated = {}};
  if (const auto feed = number_of(station, kFeed); feed && facts.grid) *facts.grid -= *feed;
  if (const auto status = find(station, "charging_status")) facts.charging_status = text_of(*status);
  for (const BlockView& block : station.blocks) {
    if (block.updated != TimePoint{}) facts.updated = std::max(facts.updated.value_or(block.updated), block.updated);
  }
  return facts;
}

}  // namespace bluetti::gateway::http
