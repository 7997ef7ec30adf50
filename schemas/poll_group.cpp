// SPDX-License-Identifier: MIT
#include "schemas/poll_group.h"

#include <set>

#include "schemas/reader.h"

namespace bluetti::schemas {

std::variant<std::vector<std::uint16_t>, std::string> blocks_of_group(const Catalog& catalog, const Model& model,
                                                                      std::string_view group) {
  std::vector<std::uint16_t> blocks;
  std::set<std::string_view> groups;
  for (const std::uint16_t id : model.blocks) {
    const Block* block = catalog.block(id);
    if (!block) continue;
    groups.insert(block->poll);
    if (block->poll == group) blocks.push_back(id);
  }
  if (!blocks.empty()) return blocks;
  std::string known;
  for (const std::string_view name : groups) known += (known.empty() ? "" : ", ") + std::string(name);
  const std::vector<std::string_view> names(groups.begin(), groups.end());
  return "'" + std::string(group) + "' is no group of blocks of " + model.title + suggestion(group, names) +
         "; there are: " + known;
}

}  // namespace bluetti::schemas
