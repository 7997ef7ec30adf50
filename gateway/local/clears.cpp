// SPDX-License-Identifier: MIT
#include "gateway/local/clears.h"

namespace bluetti::gateway {

void Clears::add(std::vector<std::string> topics) {
  changed_ = changed_ || !topics.empty();
  for (std::string& topic : topics) {
    unsent_.insert(topic);
    all_.insert(std::move(topic));
  }
}

void Clears::keep(std::string_view topic) {
  const auto known = all_.find(topic);
  if (known == all_.end()) return;
  unsent_.erase(*known);
  all_.erase(known);
  changed_ = true;
}

void Clears::handed_over() {
  unsent_.erase(unsent_.begin());
  handed_over_at_.reset();
}

void Clears::on_down() {
  unsent_ = all_;
  handed_over_at_.reset();
}

void Clears::tick(TimePoint now) {
  if (all_.empty() || any_unsent()) return;
  if (!handed_over_at_) handed_over_at_ = now;
  if (now < *handed_over_at_ + kTaken) return;
  all_.clear();
  changed_ = true;
}

TimePoint Clears::next_action() const {
  if (all_.empty() || any_unsent()) return TimePoint::max();
  return handed_over_at_ ? *handed_over_at_ + kTaken : TimePoint::min();
}

}  // namespace bluetti::gateway
