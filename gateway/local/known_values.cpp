// SPDX-License-Identifier: MIT
#include "gateway/local/known_values.h"

#include <algorithm>

namespace bluetti::gateway {

bool is_known(const BlockState& block, std::size_t slot) {
  if (block.refused) return false;
  if (block.current().values[slot].kind != schemas::ValueKind::missing) return true;
  return !block.answered && block.instance == 1 && block.decoder->slots()[slot].item == 0;
}

bool is_beyond_count(const BlockState& block, const schemas::Slot& slot) {
  if (slot.group == nullptr || slot.item == 0) return false;
  const auto& groups = block.decoder->block().groups;
  const auto index =
      static_cast<std::size_t>(std::ranges::find(groups, slot.group->name, &schemas::Group::name) - groups.begin());
  return index < block.current().group_counts.size() && slot.item > block.current().group_counts[index];
}

}  // namespace bluetti::gateway
