// SPDX-License-Identifier: MIT
// [publish]: dead-bands and intervals, by field or unit.
#include <fmt/format.h>

#include <algorithm>

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

// Fields of any block, and the units they are measured in.
std::vector<std::string> names_of(const schemas::Catalog& catalog) {
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

// A variable's name is in capitals, a unit need not be: there the case does not matter.
std::string name_meant(const Entry& entry, const std::vector<std::string>& names) {
  if (!is_variable(entry.where)) return entry.key;
  const std::string wanted = variable_part(entry.key);
  const auto found = std::ranges::find(names, wanted, [](const std::string& name) { return variable_part(name); });
  return found == names.end() ? entry.key : *found;
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

void read_publish(Section& root, Reading& reading, const schemas::Catalog& catalog, PublishConfig& publish) {
  const Table* table = root.table("publish");
  if (table == nullptr) return;
  Section section(reading, "publish", table);
  const std::vector<std::string> names = names_of(catalog);
  publish.dead_band = read_wishes(section, reading, "dead_band", names);
  publish.min_interval = read_wishes(section, reading, "min_interval", names);
  section.finish();
}

}  // namespace bluetti::gateway
