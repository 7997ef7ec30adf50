// SPDX-License-Identifier: MIT
#include "gateway/local/value_filter.h"

#include <algorithm>
#include <cmath>

namespace bluetti::gateway {
namespace {

// A field's own name beats its unit.
std::optional<double> wish_for(const PublishWishes& wishes, const schemas::Slot& slot) {
  for (const std::string_view name :
       {std::string_view(slot.path), std::string_view(slot.field->name), std::string_view(slot.field->unit)}) {
    const auto wish = name.empty() ? wishes.end() : wishes.find(name);
    if (wish != wishes.end()) return wish->second;
  }
  return std::nullopt;
}

bool is_number(const schemas::Value& value) {
  return value.kind >= schemas::ValueKind::integer && value.kind <= schemas::ValueKind::real;
}

}  // namespace

std::optional<ValueFilter::Rule> ValueFilter::rule_for(const schemas::Slot& slot) {
  const auto [entry, is_new] = rules_.try_emplace(&slot);
  if (is_new) {
    const auto usual = std::ranges::find(config_.defaults, slot.field->unit, &PublishDefault::unit);
    const PublishDefault defaults = usual == config_.defaults.end() ? PublishDefault{} : *usual;
    const auto dead_band = wish_for(config_.dead_band, slot);
    const auto interval = wish_for(config_.min_interval, slot);
    const std::chrono::duration<double> wait(interval.value_or(defaults.min_interval));
    const Rule rule{.dead_band = dead_band.value_or(defaults.dead_band),
                    .relative = dead_band ? 0 : defaults.relative,
                    .interval = std::chrono::duration_cast<Duration>(wait),
                    .jump = interval ? 0 : PublishDefault::kJump};
    if (rule.dead_band > 0 || rule.interval > Duration::zero()) entry->second = rule;
  }
  return entry->second;
}

bool ValueFilter::passes(Place place, const schemas::Slot& slot, const schemas::Value& value, TimePoint now) {
  if (is_idle()) return true;
  const std::optional<Rule> rule = rule_for(slot);
  if (!rule) return true;
  const auto [entry, is_new] = told_.try_emplace(place);
  Told& told = entry->second;
  // Coming and going is always told at once: a value that is gone must not stand as a live one.
  const bool comparable = !is_new && told.present && is_number(value);
  const double change = comparable ? std::abs(value.number() - told.number) : 0;
  const double band = std::max(rule->dead_band, rule->relative * std::abs(told.number));
  if (comparable && change < band) {
    told.held = false;
    return false;
  }
  const bool is_jump = rule->jump > 0 && band > 0 && change >= rule->jump * band;
  if (comparable && now < told.due && !is_jump) {
    told.held = true;
    next_ = std::min(next_, told.due);
    return false;
  }
  this->told(place, slot, value, now);
  return true;
}

void ValueFilter::told(Place place, const schemas::Slot& slot, const schemas::Value& value, TimePoint now) {
  if (is_idle()) return;
  const std::optional<Rule> rule = rule_for(slot);
  if (!rule) return;
  const bool present = is_number(value);
  told_[place] = {
      .number = present ? value.number() : 0, .due = now + rule->interval, .present = present, .held = false};
}

std::vector<ValueFilter::Place> ValueFilter::take_due(TimePoint now) {
  std::vector<Place> due;
  if (now < next_) return due;
  next_ = TimePoint::max();
  for (auto& [place, told] : told_) {
    if (!told.held) continue;
    if (now < told.due) {
      next_ = std::min(next_, told.due);
      continue;
    }
    told.held = false;
    due.push_back(place);
  }
  return due;
}

void ValueFilter::forget(StationHandle station) {
  rules_.clear();  // its fields may be gone as well
  std::erase_if(told_, [station](const auto& entry) { return entry.first.station == station; });
}

}  // namespace bluetti::gateway
