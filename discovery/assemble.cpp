// SPDX-License-Identifier: MIT
#include "discovery/assemble.h"

#include <algorithm>
#include <map>

namespace bluetti::discovery {
namespace {

json origin_of(const Origin& origin) {
  json result{{"name", origin.name}};
  put(result, "sw_version", origin.version);
  put(result, "support_url", origin.url);
  return result;
}

std::string entry_of(const std::string& id, const json& component) {
  return component.at("platform").get<std::string>() + ":" + id;
}

std::string_view platform_in(std::string_view entry) {
  return entry.substr(0, entry.find(':'));
}

std::string_view id_in(std::string_view entry) {
  return entry.substr(std::min(entry.find(':') + 1, entry.size()));
}

// What is remembered comes from a file.
bool is_entry(std::string_view entry) {
  const std::size_t colon = entry.find(':');
  return colon != std::string_view::npos && colon != 0 && colon + 1 != entry.size();
}

bool is_wanted(const Draft& draft, const std::string& entry) {
  const auto found = draft.components.find(std::string(id_in(entry)));
  return found != draft.components.end() && entry_of(found.key(), *found) == entry;
}

// By id, where and as what it was announced.
using Places = std::multimap<std::string_view, std::pair<std::string_view, std::string_view>>;

Places places_of(const std::vector<Announced>& announced) {
  Places places;
  for (const Announced& earlier : announced) {
    for (const std::string& entry : earlier.components) {
      places.emplace(id_in(entry), std::pair<std::string_view, std::string_view>(earlier.topic, entry));
    }
  }
  return places;
}

// Announced on another topic or for another platform: it is taken away there first.
bool has_to_wait(const Places& places, const std::string& topic, const std::string& entry) {
  const auto [first, last] = places.equal_range(id_in(entry));
  return std::any_of(first, last, [&](const auto& place) {
    return place.second != std::pair<std::string_view, std::string_view>(topic, entry);
  });
}

// The user's words may be any bytes; the document must be UTF-8 all the same.
std::string text_of(const json& root) {
  return root.dump(-1, ' ', false, json::error_handler_t::replace);
}

Document document_of(const Draft& draft, const Places& places, const Announced* earlier, const json& origin) {
  Document document{.topic = draft.topic};
  json components = json::object();
  for (const auto& [id, component] : draft.components.items()) {
    const std::string entry = entry_of(id, component);
    if (has_to_wait(places, draft.topic, entry)) continue;
    document.components.push_back(entry);
    components[id] = component;
  }
  // Only leaving a component out does not remove it: it must once be said to have nothing but a platform.
  for (const std::string& entry : earlier == nullptr ? std::vector<std::string>() : earlier->components) {
    if (!is_entry(entry) || is_wanted(draft, entry)) continue;
    document.removed.push_back(entry);
    components[std::string(id_in(entry))] = {{"platform", platform_in(entry)}};
  }
  std::ranges::sort(document.components);
  document.payload = text_of({{"device", draft.device},
                              {"origin", origin},
                              {"availability", draft.availability},
                              {"availability_mode", "all"},
                              {"components", components}});
  return document;
}

}  // namespace

std::string station_identifier(std::string_view serial) {
  return "bluetti_" + std::string(serial);
}

std::string bridge_identifier(std::string_view installation) {
  return "bluetti_gateway_" + std::string(installation);
}

std::string topic_of(const Topics& topics, std::string_view identifier) {
  return topics.discovery_prefix + "/device/" + std::string(identifier) + "/config";
}

json availability_of(std::initializer_list<std::string> topics) {
  json list = json::array();
  for (const std::string& topic : topics) list.push_back({{"topic", topic}});
  return list;
}

std::vector<Document> assemble(std::span<const Draft> drafts, const std::vector<Announced>& announced,
                               const Origin& origin) {
  const Places places = places_of(announced);
  const json described_origin = origin_of(origin);
  std::vector<Document> documents;
  for (const Draft& draft : drafts) {
    const auto earlier = std::ranges::find(announced, draft.topic, &Announced::topic);
    Document document = document_of(draft, places, earlier == announced.end() ? nullptr : &*earlier, described_origin);
    const bool waits = document.components.empty() && document.removed.empty() && !draft.components.empty();
    if (!waits) documents.push_back(std::move(document));
  }
  for (const Announced& earlier : announced) {
    if (std::ranges::find(drafts, earlier.topic, &Draft::topic) != drafts.end()) continue;
    documents.push_back({.topic = earlier.topic, .removed = earlier.components});
  }
  return documents;
}

}  // namespace bluetti::discovery
