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
    std::ranges::move(take_documents(station->first), std::back_inserter(gone));
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

bool PublishedMemory::has_document(std::string_view topic) const {
  return std::ranges::any_of(stations_, [topic](const auto& station) {
    return std::ranges::any_of(station.second.documents, [topic](const auto& one) { return one.first == topic; });
  });
}

void PublishedMemory::adopt(const std::string& serial, discovery::Announced announced) {
  stations_[serial].documents.emplace(std::move(announced.topic), shared(std::move(announced.components)));
  changed_ = true;
}

std::vector<std::string> PublishedMemory::buried(std::string_view serial, std::string_view topic) const {
  const auto station = stations_.find(serial);
  if (station == stations_.end()) return {};
  const auto found = station->second.buried.find(std::string(topic));
  return found == station->second.buried.end() || !found->second ? std::vector<std::string>() : *found->second;
}

void PublishedMemory::forget_old_burials(const std::string& serial, TimePoint now) {
  const auto station = stations_.find(serial);
  if (station == stations_.end() || station->second.buried.empty()) return;
  const TimePoint until = buried_until_.try_emplace(serial, now + kBuried).first->second;
  if (now < until) return;
  buried_until_.erase(serial);
  station->second.buried.clear();
  changed_ = true;
}

void PublishedMemory::bury(const std::string& serial, const discovery::Document& document, TimePoint now) {
  std::vector<std::string> entries = buried(serial, document.topic);
  std::erase_if(entries, [&](const std::string& entry) {
    return std::ranges::binary_search(document.components, entry) ||
           std::ranges::find(document.removed, entry) != document.removed.end();
  });
  entries.insert(entries.end(), document.removed.begin(), document.removed.end());
  if (entries == buried(serial, document.topic)) return;
  if (!document.removed.empty()) buried_until_[serial] = now + kBuried;
  auto& all = stations_[serial].buried;
  changed_ = true;
  if (entries.empty() || document.payload.empty()) {
    all.erase(document.topic);
  } else {
    all[document.topic] = shared(std::move(entries));
  }
}

void PublishedMemory::remember_documents(const std::string& serial, const std::vector<discovery::Document>& documents,
                                         TimePoint now) {
  for (const discovery::Document& document : documents) bury(serial, document, now);
  std::map<std::string, SharedTexts> remembered;
  for (const discovery::Document& document : documents) {
    if (!document.payload.empty()) remembered.emplace(document.topic, shared(document.components));
  }
  auto& known = stations_[serial].documents;
  if (known == remembered) return;
  for (const auto& [topic, components] : known) {
    if (!remembered.contains(topic)) departed_.add(topic, components);
  }
  for (const auto& [topic, components] : remembered) departed_.keep(topic);
  known = std::move(remembered);
  changed_ = true;
}

std::vector<std::string> PublishedMemory::take_documents(const std::string& serial) {
  std::vector<std::string> topics;
  const auto station = stations_.find(serial);
  if (station == stations_.end()) return topics;
  for (const auto& [topic, components] : station->second.documents) {
    topics.push_back(topic);
    departed_.add(topic, components);
  }
  station->second.documents.clear();
  changed_ = changed_ || !topics.empty();
  return topics;
}

}  // namespace bluetti::gateway
