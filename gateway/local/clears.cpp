// SPDX-License-Identifier: MIT
#include "gateway/local/clears.h"

#include <algorithm>

namespace bluetti::gateway {
namespace {

bool is_document(std::string_view topic) {
  return topic.ends_with("/config");
}

}  // namespace

void Clears::add(std::vector<std::string> topics) {
  changed_ = changed_ || !topics.empty();
  for (std::string& topic : topics) {
    if (is_document(topic)) repeated_until_.reset();
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

void Clears::repeat() {
  for (const std::string& topic : all_) {
    if (is_document(topic)) unsent_.insert(topic);
  }
}

void Clears::on_down() {
  unsent_ = all_;
  handed_over_at_.reset();
}

void Clears::tick(TimePoint now) {
  if (all_.empty() || any_unsent()) return;
  if (!handed_over_at_) handed_over_at_ = now;
  if (!repeated_until_) repeated_until_ = now + kRepeated;
  if (now < *handed_over_at_ + kTaken) return;
  const bool is_over = now >= *repeated_until_;
  changed_ |= std::erase_if(all_, [is_over](const std::string& topic) { return is_over || !is_document(topic); }) > 0;
}

TimePoint Clears::next_action() const {
  if (all_.empty() || any_unsent()) return TimePoint::max();
  if (!handed_over_at_ || !repeated_until_) return TimePoint::min();
  const bool only_documents = std::ranges::all_of(all_, is_document);
  return only_documents ? std::max<TimePoint>(*repeated_until_, *handed_over_at_ + kTaken) : *handed_over_at_ + kTaken;
}

}  // namespace bluetti::gateway
