// SPDX-License-Identifier: MIT
// `when_old` of stations, profiles and defaults: one word for all values, or a table by field or unit.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateway/config/parts.h"
#include "gateway/config/suggestion.h"

namespace bluetti::gateway {
namespace {

constexpr std::array<std::string_view, 3> kPolicies{"keep", "clear", "unavailable"};  // in the order of WhenOld

std::optional<WhenOld> policy_of(const Node& node) {
  const auto* word = node.as<std::string>();
  const auto found = word ? std::ranges::find(kPolicies, *word) : kPolicies.end();
  if (found == kPolicies.end()) return std::nullopt;
  return static_cast<WhenOld>(found - kPolicies.begin());
}

// "pack/1/soc" is the field of a group: what follows the last slash.
bool is_known_value(std::string_view name, const std::vector<std::string>& names) {
  const auto has = [&names](std::string_view one) { return std::ranges::find(names, one) != names.end(); };
  return has(name) || has(name.substr(name.rfind('/') + 1));
}

}  // namespace

std::vector<WhenOldWishes> read_when_old(Section& section, Reading& reading, const schemas::Catalog& catalog) {
  std::vector<WhenOldWishes> layers;
  std::vector<Section::LayerEntry> given = section.entries("when_old");
  if (given.empty()) {
    section.tell_default("when_old", std::string(kPolicies.front()));
    return layers;
  }
  const std::vector<std::string> names = names_of_values(catalog);
  std::ranges::reverse(given);  // what a stronger one says is told in place of a weaker one's
  for (const auto& [layer, entry] : given) {
    const auto refuse = [&](const schemas::Location& where, const std::string& key, std::string_view what) {
      reading.refuse(where, fmt::format("{}.when_old{}: {}", layer->title, key.empty() ? "" : "." + key, what));
    };
    WhenOldWishes& wishes = layers.emplace_back();
    const auto* table = entry->value.as<Table>();
    if (table == nullptr) {
      const auto policy = policy_of(entry->value);
      if (!policy) {
        refuse(entry->value.where, {}, "must be \"keep\", \"clear\", \"unavailable\", or a table of them by field");
        continue;
      }
      wishes.emplace(kEverything, *policy);
      section.tell("when_old", std::string(kPolicies[static_cast<std::size_t>(*policy)]), entry->value.where);
      continue;
    }
    for (const Entry& one : table->entries) {
      const std::string name = name_meant(one, names);
      const auto policy = policy_of(one.value);
      if (!is_known_value(name, names)) {
        refuse(one.where, one.key, "no field and no unit" + suggestion(one.key, names));
      } else if (!policy) {
        refuse(one.value.where, one.key, "must be \"keep\", \"clear\" or \"unavailable\"");
      } else {
        wishes.emplace(name, *policy);
        section.tell("when_old." + name, std::string(kPolicies[static_cast<std::size_t>(*policy)]), one.where);
      }
    }
  }
  return layers;
}

}  // namespace bluetti::gateway
