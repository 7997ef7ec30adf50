// SPDX-License-Identifier: MIT
#include "gateway/local/freshness.h"

#include <algorithm>

namespace bluetti::gateway {
namespace {

// What the broker may hold of it. Of a value that was not heard yet, that is what an earlier run has left.
bool has_value(const BlockState& block, std::size_t slot, TimePoint since) {
  const schemas::Value& value = block.current().values[slot];
  if (value.present()) return true;
  return value.kind == schemas::ValueKind::missing && !block.refused && block.updated <= since;
}

}  // namespace

void Freshness::begin(TimePoint since) {
  policies_.clear();
  old_.clear();
  old_count_ = 0;
  since_ = since;
  begun_ = true;
  next_ = any_wish(WhenOld::clear) || any_wish(WhenOld::unavailable) ? since : TimePoint::max();
}

bool Freshness::any_wish(WhenOld policy) const {
  return std::ranges::any_of(wishes_, [policy](const WhenOldWishes& wishes) {
    return std::ranges::any_of(wishes, [policy](const auto& wish) { return wish.second == policy; });
  });
}

WhenOld Freshness::policy_of(const schemas::Slot& slot) const {
  for (auto level = wishes_.rbegin(); level != wishes_.rend(); ++level) {
    const WhenOldWishes& wishes = *level;
    for (const std::string& name : {slot.path, slot.field->name, slot.field->unit}) {
      const auto wish = name.empty() ? wishes.end() : wishes.find(name);
      if (wish != wishes.end()) return wish->second;
    }
    if (const auto wish = wishes.find(kEverything); wish != wishes.end()) return wish->second;
  }
  return WhenOld::keep;
}

void Freshness::take_policies(const Station& station) {
  for (const BlockState& block : station.blocks()) {
    auto& policies = policies_.emplace_back();
    for (const schemas::Slot& slot : block.decoder->slots()) {
      policies.push_back(slot.field->secret ? WhenOld::keep : policy_of(slot));
    }
    if (std::ranges::all_of(policies, [](WhenOld policy) { return policy == WhenOld::keep; })) policies.clear();
    old_.emplace_back(policies.size());
  }
}

std::vector<Freshness::Slot> Freshness::review(const Station& station, TimePoint now) {
  std::vector<Slot> turned;
  if (!begun_) begin(now);
  if (next_ == TimePoint::max() && old_count_ == 0) return turned;
  const auto blocks = station.blocks();
  if (policies_.size() != blocks.size()) {
    policies_.clear();
    old_.clear();
    take_policies(station);
  }
  next_ = TimePoint::max();
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    const auto& policies = policies_[block];
    const Duration old_after = station.old_after(block);
    for (std::size_t slot = 0; slot < policies.size(); ++slot) {
      if (policies[slot] == WhenOld::keep) continue;
      const bool can_be = old_after != Duration::max() && has_value(blocks[block], slot, since_);
      const TimePoint old_at = can_be ? std::max(blocks[block].time_of(slot), since_) + old_after : TimePoint::max();
      const bool is = now >= old_at;
      if (!is) next_ = std::min(next_, old_at);
      if (is == old_[block][slot]) continue;
      old_[block][slot] = is;
      is ? ++old_count_ : --old_count_;
      turned.push_back({block, slot});
    }
  }
  return turned;
}

std::string Freshness::unavailable(const Station& station) const {
  std::string json = "[";
  for (std::size_t block = 0; block < old_.size(); ++block) {
    for (std::size_t slot = 0; slot < old_[block].size(); ++slot) {
      if (!old_[block][slot] || policies_[block][slot] != WhenOld::unavailable) continue;
      json += json.size() > 1 ? ",\"" : "\"";
      json += station.blocks()[block].decoder->slots()[slot].id;
      json += '"';
    }
  }
  return json += ']';
}

}  // namespace bluetti::gateway
