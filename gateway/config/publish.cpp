// SPDX-License-Identifier: MIT
// [publish]: dead-bands and intervals, by field or unit.
#include <fmt/format.h>

#include <algorithm>

#include "gateway/config/parts.h"
#include "gateway/suggestion.h"

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
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

std::optional<double> number_of(const Node& node) {
  if (const auto* whole = node.as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* real = node.as<double>()) return *real;
  return std::nullopt;
}

PublishWishes read_wishes(Section& section, Reading& reading, std::string_view key,
                          const std::vector<std::string>& names) {
  PublishWishes wishes;
  const Table* table = section.table(key);
  if (table == nullptr) return wishes;
  for (const Entry& entry : table->entries) {
    const auto number = number_of(entry.value);
    const auto refuse = [&](const std::string& what) {
      reading.refuse(entry.where, fmt::format("publish.{}.{}: {}", key, entry.key, what));
    };
    if (std::ranges::find(names, entry.key) == names.end()) {
      refuse("no field and no unit" + suggestion(entry.key, names));
    } else if (!number || !(*number >= 0 && *number <= 1e6)) {
      refuse("must be a number between 0 and 1000000");
    } else {
      wishes.emplace(entry.key, *number);
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
