// SPDX-License-Identifier: MIT
#include "schemas/clashes.h"

#include <algorithm>

#include "schemas/layout.h"

namespace bluetti::schemas {

SharedIds::SharedIds(const std::map<std::uint16_t, Block>& blocks) {
  for (const auto& [address, block] : blocks) {
    for (std::string& id : published_ids(block)) publishers_[std::move(id)].push_back(address);
  }
  std::erase_if(publishers_, [](const auto& entry) { return entry.second.size() < 2; });
}

std::optional<Clash> SharedIds::clash(const std::vector<std::uint16_t>& blocks) const {
  const auto is_read = [&blocks](std::uint16_t id) {
    return std::find(blocks.begin(), blocks.end(), id) != blocks.end();
  };
  for (const auto& [id, publishers] : publishers_) {
    const auto first = std::find_if(publishers.begin(), publishers.end(), is_read);
    if (first == publishers.end()) continue;
    const auto second = std::find_if(std::next(first), publishers.end(), is_read);
    if (second != publishers.end()) return Clash{*first, *second, id};
  }
  return std::nullopt;
}

}  // namespace bluetti::schemas
