// SPDX-License-Identifier: MIT
// [publish]: dead-bands and intervals, by field or unit.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "gateway/config/environment.h"
#include "gateway/config/parts.h"
#include "gateway/config/suggestion.h"

namespace bluetti::gateway {
namespace {

void add_names(const schemas::Block& block, const schemas::Field& field, std::vector<std::string>& names) {
  names.push_back(field.name);
  if (!block.prefix.empty()) names.push_back(block.prefix + "_" + field.name);
  if (!field.unit.empty()) names.push_back(field.unit);
}

// A recorder keeps each change for good: what is lost below these is noise. Power that jumps is told at once.
constexpr PublishDefault kDefaults[] = {
    {"W", 5, 0.01, 30}, {"VA", 5, 0.01, 30}, {"var", 5, 0.01, 30}, {"V", 0.2, 0, 60},
    {"mV", 5, 0, 60},   {"A", 0.2, 0, 30},   {"Hz", 0.15, 0, 60},  {"°C", 0, 0, 60},
    {"min", 2, 0, 60},  {"kWh", 0, 0, 60},   {"Wh", 0, 0, 60},     {"dBm", 3, 0, 60},
};

std::string text_of_dead_band(const PublishDefault& rule) {
  if (rule.relative == 0) return fmt::format("{}", rule.dead_band);
  return fmt::format("{}, or {} % if that is more", rule.dead_band, rule.relative * 100);
}

void tell_defaults(Section& section, const PublishConfig& publish) {
  for (const PublishDefault& rule : publish.defaults) {
    if (rule.dead_band > 0 && !publish.dead_band.contains(rule.unit)) {
      section.tell_default(fmt::format("dead_band.{}", rule.unit), text_of_dead_band(rule));
    }
    if (rule.min_interval > 0 && !publish.min_interval.contains(rule.unit)) {
      section.tell_default(fmt::format("min_interval.{}", rule.unit), fmt::format("{}", rule.min_interval));
    }
  }
}

PublishWishes read_wishes(Section& section, Reading& reading, std::string_view key,
                          const std::vector<std::string>& names) {
  PublishWishes wishes;
  const Table* table = section.table(key);
  if (table == nullptr) return wishes;
  for (const Entry& entry : table->entries) {
    const auto number = number_of(entry.value);
    const std::string name = name_meant(entry, names);
    const auto refuse = [&](const std::string& what) {
      reading.refuse(entry.where, fmt::format("publish.{}.{}: {}", key, entry.key, what));
    };
    if (std::ranges::find(names, name) == names.end()) {
      refuse("no field and no unit" + suggestion(entry.key, names));
    } else if (!number || !(*number >= 0 && *number <= 1e6)) {
      refuse("must be a number between 0 and 1000000");
    } else {
      wishes.emplace(name, *number);
      section.tell(fmt::format("{}.{}", key, name), fmt::format("{}", *number), entry.where);
    }
  }
  return wishes;
}

}  // namespace

std::vector<std::string> names_of_values(const schemas::Catalog& catalog) {
  std::vector<std::string> names;
  for (const auto& [id, block] : catalog.blocks()) {
    for (const schemas::Field& field : block.fields) add_names(block, field, names);
    for (const schemas::Group& group : block.groups) {
      for (const schemas::Field& field : group.fields) add_names(block, field, names);
    }
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string name_meant(const Entry& entry, const std::vector<std::string>& names) {
  if (!is_variable(entry.where)) return entry.key;
  const std::string wanted = variable_part(entry.key);
  const auto found = std::ranges::find(names, wanted, [](const std::string& name) { return variable_part(name); });
  return found == names.end() ? entry.key : *found;
}

void read_publish(Section& root, Reading& reading, const schemas::Catalog& catalog, PublishConfig& publish) {
  Section section(reading, "publish", root.table("publish"));
  bool defaults = true;
  section.read("defaults", defaults);
  section.read("every_change", publish.every_change);
  const std::vector<std::string> names = names_of_values(catalog);
  publish.dead_band = read_wishes(section, reading, "dead_band", names);
  publish.min_interval = read_wishes(section, reading, "min_interval", names);
  if (defaults) publish.defaults.assign(std::begin(kDefaults), std::end(kDefaults));
  tell_defaults(section, publish);
  section.finish();
}

}  // namespace bluetti::gateway
