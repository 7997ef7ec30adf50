// SPDX-License-Identifier: MIT
#include "gateway/local/time_slots.h"

#include <algorithm>

namespace bluetti::gateway {
namespace {

bool is_changed(const schemas::Setting::Facts& facts, const BlockState& block, const Update& update) {
  const std::size_t parts = block.decoder->slots()[facts.slot].group->fields.size();
  return std::ranges::any_of(update.slots,
                             [&](std::uint32_t slot) { return slot >= facts.slot && slot < facts.slot + parts; });
}

}  // namespace

std::vector<TimeSlotText> time_slots_of(const Publication& publication, const Update& update) {
  std::vector<TimeSlotText> texts;
  const BlockState& block = publication.station().blocks()[update.block];
  for (const schemas::Setting* setting : publication.settings) {
    const schemas::Setting::Facts& facts = setting->facts();
    if (facts.kind != schemas::SettingKind::time_slot || facts.block != block.decoder->block().id) continue;
    if (!update.slots.empty() && !is_changed(facts, block, update)) continue;
    std::string text = setting->read(block.current());
    if (!text.empty() || !update.slots.empty()) texts.push_back({facts.path, std::move(text)});
  }
  return texts;
}

}  // namespace bluetti::gateway
