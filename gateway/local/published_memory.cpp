// SPDX-License-Identifier: MIT
#include "gateway/local/published_memory.h"

#include <algorithm>

namespace bluetti::gateway {
namespace {

std::vector<std::string> topics_of(const StationState& station) {
  std::vector<std::string> topics;
  if (!station.paths) return topics;
  for (const std::string& path : *station.paths) topics.push_back(station.base + "/" + station.id + "/" + path);
  return topics;
}

}  // namespace

SharedTexts PublishedMemory::shared(std::vector<std::string> texts) {
  auto made = std::make_shared<const std::vector<std::string>>(std::move(texts));
  return *texts_.insert(std::move(made)).first;
}

std::vector<std::string> PublishedMemory::move_to(const std::string& serial, const std::string& base,
                                                  const std::string& id, std::vector<std::string> paths) {
  std::ranges::sort(paths);
  StationState& known = stations_[serial];
  const bool same_place = known.base == base && known.id == id;
  if (same_place && known.paths && *known.paths == paths) return {};
  std::vector<std::string> gone = topics_of(known);
  const std::string root = base + "/" + id + "/";
  std::erase_if(gone, [&](const std::string& topic) {
    return topic.starts_with(root) && std::ranges::binary_search(paths, topic.substr(root.size()));
  });
  known.base = base;
  known.id = id;
  known.paths = shared(std::move(paths));
  changed_ = true;
  return gone;
}

std::vector<std::string> PublishedMemory::take_strangers(const std::set<std::string, std::less<>>& serials) {
  std::vector<std::string> gone;
  for (auto station = stations_.begin(); station != stations_.end();) {
    if (station->first == kBridge || serials.contains(station->first)) {
      ++station;
      continue;
    }
    std::ranges::move(topics_of(station->second), std::back_inserter(gone));
    for (const auto& [topic, components] : station->second.documents) gone.push_back(topic);
    station = stations_.erase(station);
    changed_ = true;
  }
  return gone;
}

std::vector<discovery::Announced> PublishedMemory::announced(std::string_view serial) const {
  std::vector<discovery::Announced> announced;
  const auto station = stations_.find(serial);
  if (station == stations_.end()) return announced;
  for (const auto& [topic, components] : station->second.documents) announced.push_back({topic, *components});
  return announced;
}

void PublishedMemory::remember_documents(const std::string& serial, const std::vector<discovery::Document>& documents) {
  std::map<std::string, SharedTexts> remembered;
  for (const discovery::Document& document : documents) {
    if (!document.payload.empty()) remembered.emplace(document.topic, shared(document.components));
  }
  auto& known = stations_[serial].documents;
  if (known == remembered) return;
  known = std::move(remembered);
  changed_ = true;
}

std::vector<std::string> PublishedMemory::take_documents(const std::string& serial) {
  std::vector<std::string> topics;
  const auto station = stations_.find(serial);
  if (station == stations_.end()) return topics;
  for (const auto& [topic, components] : station->second.documents) topics.push_back(topic);
  station->second.documents.clear();
  changed_ = changed_ || !topics.empty();
  return topics;
}

}  // namespace bluetti::gateway
