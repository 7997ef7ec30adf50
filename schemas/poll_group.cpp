// SPDX-License-Identifier: MIT
#include "schemas/poll_group.h"

#include <set>

#include "schemas/reader.h"

namespace bluetti::schemas {

BlocksOfGroup blocks_of_group(const Catalog& catalog, std::span<const std::uint16_t> blocks, std::string_view group,
                              std::string_view title) {
  std::vector<std::uint16_t> chosen;
  std::set<std::string_view> groups;
  for (const std::uint16_t id : blocks) {
    const Block* block = catalog.block(id);
    if (!block) continue;
    groups.insert(block->poll);
    if (block->poll == group) chosen.push_back(id);
  }
  if (!chosen.empty()) return chosen;
  std::string known;
  for (const std::string_view name : groups) known += (known.empty() ? "" : ", ") + std::string(name);
  const std::vector<std::string_view> names(groups.begin(), groups.end());
  return "'" + std::string(group) + "' is no group of blocks of " + std::string(title) + suggestion(group, names) +
         "; there are: " + known;
}

}  // namespace bluetti::schemas
