// SPDX-License-Identifier: MIT
#include "gateway/local/departed.h"

#include <algorithm>

namespace bluetti::gateway {

void Departed::add(const std::string& topic, SharedTexts components) {
  if (!components || components->empty()) return;
  devices_[topic] = std::move(components);
  forget_at_.reset();
  changed_ = true;
}

void Departed::keep(std::string_view topic) {
  if (devices_.erase(std::string(topic)) != 0) changed_ = true;
}

std::vector<std::string> Departed::topics() const {
  std::vector<std::string> topics;
  for (const auto& [topic, components] : devices_) topics.push_back(topic);
  return topics;
}

void Departed::remind(TimePoint now) {
  if (!devices_.empty()) announce_at_ = now + kAnother;
}

std::vector<discovery::Announced> Departed::take_announced(TimePoint now) {
  std::vector<discovery::Announced> announced;
  if (now < announce_at_) return announced;
  announce_at_ = TimePoint::max();
  bury_at_ = now + kTakenIn;
  for (const auto& [topic, components] : devices_) announced.push_back({topic, *components});
  return announced;
}

std::vector<std::string> Departed::take_buried(TimePoint now) {
  if (now < bury_at_) return {};
  bury_at_ = TimePoint::max();
  std::vector<std::string> buried = topics();
  changed_ = changed_ || !buried.empty();
  devices_.clear();
  return buried;
}

void Departed::tick(TimePoint now) {
  if (devices_.empty()) return;
  if (!forget_at_) forget_at_ = now + kRemembered;
  if (now < *forget_at_) return;
  devices_.clear();
  changed_ = true;
}

TimePoint Departed::next_action() const {
  if (devices_.empty()) return TimePoint::max();
  return std::min({announce_at_, bury_at_, forget_at_.value_or(TimePoint::min())});
}

}  // namespace bluetti::gateway
