// SPDX-License-Identifier: MIT
#include "gateway/local/leftovers.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace bluetti::gateway {
namespace {

using nlohmann::json;

std::string text_at(const json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const json& member(const json& object, const char* key) {
  static const json kNothing;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : kNothing;
}

// Of a document: whose `online` it needs, as topics.
std::vector<std::string> availability_of(const json& document) {
  std::vector<std::string> topics;
  for (const json& entry : member(document, "availability")) topics.push_back(text_at(entry, "topic"));
  return topics;
}

std::vector<std::string> components_of(const json& document) {
  std::vector<std::string> components;
  const json& all = member(document, "components");
  if (!all.is_object()) return components;
  for (const auto& [id, component] : all.items()) components.push_back(text_at(component, "platform") + ":" + id);
  std::ranges::sort(components);
  return components;
}

}  // namespace

std::vector<std::string> Leftovers::begin(Present present, TimePoint now) {
  present_ = std::move(present);
  gone_.clear();
  over_at_ = now + kLook;
  subscribed_ = {present_.prefix + "/device/+/config"};
  return subscribed_;
}

std::vector<std::string> Leftovers::end() {
  over_at_ = TimePoint::max();
  gone_.clear();
  return std::exchange(subscribed_, {});
}

// `<prefix>/device/bluetti_<serial>/config`, or that of one of its packs.
std::string Leftovers::configured_serial(std::string_view topic) const {
  const std::string start = present_.prefix + "/device/bluetti_";
  if (!topic.starts_with(start)) return {};
  topic.remove_prefix(start.size());
  const std::string_view serial = topic.substr(0, topic.find_first_not_of("0123456789"));
  return present_.serials.contains(serial) ? std::string(serial) : std::string();
}

Leftovers::Found Leftovers::on_document(std::string_view topic, std::string_view payload, TimePoint now) {
  Found found;
  const json document = json::parse(payload, nullptr, false);
  if (text_at(member(document, "origin"), "name") != kOrigin) return found;
  const std::vector<std::string> needed = availability_of(document);
  const auto is_ours = [this](const std::string& needed_topic) { return needed_topic == present_.bridge_availability; };
  if (std::ranges::none_of(needed, is_ours)) return found;
  found.announced = {std::string(topic), components_of(document)};
  if (std::string serial = configured_serial(topic); !serial.empty()) {
    found.serial = std::move(serial);
    return found;
  }
  found.clear.emplace_back(topic);
  for (const std::string& availability : needed) {
    constexpr std::string_view kEnd = "/availability";
    if (is_ours(availability) || !availability.starts_with(present_.base + "/") || !availability.ends_with(kEnd))
      continue;
    const std::string root = availability.substr(0, availability.size() - kEnd.size() + 1);
    const std::string id = root.substr(present_.base.size() + 1, root.size() - present_.base.size() - 2);
    if (id.empty() || id.find('/') != std::string::npos || present_.ids.contains(id) || !gone_.insert(root).second) {
      continue;
    }
    found.gone = id;
    found.subscribe.push_back(root + "#");
    subscribed_.push_back(root + "#");
    over_at_ = now + kLook;
  }
  return found;
}

Leftovers::Found Leftovers::on_message(std::string_view topic, std::string_view payload,
                                       const std::function<bool(std::string_view)>& is_known, TimePoint now) {
  if (payload.empty()) return {};
  const auto is_below = [&](const std::string& root) { return topic.starts_with(root); };
  if (std::ranges::any_of(gone_, is_below)) {
    Found found;
    found.clear.emplace_back(topic);
    return found;
  }
  const bool is_document = topic.starts_with(present_.prefix + "/device/") && topic.ends_with("/config");
  if (!is_document || topic == present_.bridge_document || is_known(topic)) return {};
  return on_document(topic, payload, now);
}

}  // namespace bluetti::gateway
