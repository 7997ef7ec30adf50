// SPDX-License-Identifier: MIT
// [control], and what a station's owner allows: `consent` and `limits`.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateway/config/parts.h"
#include "gateway/config/suggestion.h"

namespace bluetti::gateway {
namespace {

constexpr int kMostPerMinute = 60;
constexpr std::array<std::string_view, 2> kConsents{"outputs", "grid"};

// {"min":5,"max":20}
std::optional<std::string> fault_of(const Table& table, SettingLimits& limits) {
  for (const Entry& entry : table.entries) {
    const auto number = number_of(entry.value);
    if (entry.key != "min" && entry.key != "max")
      return fmt::format("'{}' is unknown: give min, max or both", entry.key);
    if (!number) return fmt::format("{} must be a number", entry.key);
    (entry.key == "min" ? limits.min : limits.max) = *number;
  }
  if (limits.min && limits.max && *limits.min > *limits.max) return "min is greater than max";
  return std::nullopt;
}

}  // namespace

void read_control(Section& root, Reading& reading, const Config& config, ControlConfig& control) {
  Section section(reading, "control", root.table("control"));
  section.read("enabled", control.enabled);
  if (const auto given = section.integer("per_minute", 1, kMostPerMinute)) {
    control.per_minute = static_cast<int>(*given);
  }
  section.tell_default("per_minute", std::to_string(control.per_minute));
  if (!config.state_file.empty()) control.audit = config.state_file.parent_path() / "control.jsonl";
  section.read("audit", control.audit);
  section.finish();
}

void read_consent(Section& section, StationConfig& station) {
  for (const Section::Text& consent : section.texts("consent")) {
    if (std::ranges::find(kConsents, consent.value) == kConsents.end()) {
      section.refuse(consent, fmt::format("'{}' is not a kind of consent: \"outputs\" and \"grid\" are{}",
                                          consent.value, suggestion(consent.value, kConsents)));
    } else {
      station.consents.push_back(consent.value);
    }
  }
}

void read_limits(Section& section, Reading& reading, StationConfig& station) {
  const Table* table = section.table("limits");
  if (!table) return;
  for (const Entry& entry : table->entries) {
    SettingLimits limits;
    const auto* bounds = entry.value.as<Table>();
    const auto fault =
        bounds ? fault_of(*bounds, limits) : std::optional<std::string>("must be { min = ..., max = ... }");
    if (fault) {
      reading.refuse(entry.where, fmt::format("limits.{}: {}", entry.key, *fault));
    } else {
      station.limits.emplace(entry.key, limits);
      section.tell("limits." + entry.key,
                   fmt::format("{} to {}", limits.min ? fmt::format("{}", *limits.min) : "any",
                               limits.max ? fmt::format("{}", *limits.max) : "any"),
                   entry.where);
    }
  }
}

}  // namespace bluetti::gateway
