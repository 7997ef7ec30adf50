// SPDX-License-Identifier: MIT
#include "discovery/assemble.h"

#include <algorithm>

namespace bluetti::discovery {
namespace {

std::string origin_of(const Origin& origin) {
  return json_object(0, [&](JsonObject& object) {
    object.put("name", origin.name);
    object.put_known("support_url", origin.url);
    object.put_known("sw_version", origin.version);
  });
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

std::string entry_of(const Component& component) {
  std::string entry;
  entry.reserve(component.platform.size() + 1 + component.id.size());
  return entry.append(component.platform).append(":").append(component.id);
}

bool is_entry_of(std::string_view entry, const Component& component) {
  return id_in(entry) == component.id && platform_in(entry) == component.platform;
}

// By id; of two of one id the later holds.
std::vector<const Component*> sorted(const std::vector<Component>& components) {
  std::vector<const Component*> result;
  result.reserve(components.size());
  for (const Component& component : components) result.push_back(&component);
  std::ranges::reverse(result);
  std::ranges::stable_sort(result, {}, &Component::id);
  const auto alike = [](const Component* a, const Component* b) { return a->id == b->id; };
  result.erase(std::unique(result.begin(), result.end(), alike), result.end());
  return result;
}

bool is_wanted(const std::vector<const Component*>& components, std::string_view entry) {
  const auto found = std::ranges::lower_bound(components, id_in(entry), {}, &Component::id);
  return found != components.end() && is_entry_of(entry, **found);
}

// Where and as what an id was announced.
struct Place {
  std::string_view id;
  std::string_view topic;
  std::string_view entry;
};
using Places = std::vector<Place>;  // by id

Places places_of(const std::vector<Announced>& announced) {
  Places places;
  for (const Announced& earlier : announced) {
    for (const std::string& entry : earlier.components) places.push_back({id_in(entry), earlier.topic, entry});
  }
  std::ranges::sort(places, {}, &Place::id);
  return places;
}

// Announced on another topic or for another platform: it is taken away there first.
bool has_to_wait(const Places& places, std::string_view topic, const Component& component) {
  const auto first = std::ranges::lower_bound(places, std::string_view(component.id), {}, &Place::id);
  const auto last = std::ranges::upper_bound(places, std::string_view(component.id), {}, &Place::id);
  return std::any_of(first, last,
                     [&](const Place& place) { return place.topic != topic || !is_entry_of(place.entry, component); });
}

struct Member {
  std::string_view id;
  std::string_view platform;
  std::string_view json;  // empty: it is taken away
};

void write(const std::vector<Member>& members, std::string& out) {
  JsonObject object(out);
  for (const Member& member : members) {
    std::string& value = object.member(member.id);
    if (!member.json.empty()) {
      value += member.json;
    } else {
      JsonObject(value).put("platform", member.platform);
    }
  }
}

std::string payload_of(const Draft& draft, const std::vector<Member>& members, std::string_view origin) {
  constexpr std::size_t kPunctuation = 40;  // of a member at most
  std::size_t size = draft.device.size() + draft.availability.size() + origin.size() + 5 * kPunctuation;
  for (const Member& member : members) size += member.id.size() + member.json.size() + kPunctuation;
  return json_object(size, [&](JsonObject& root) {
    root.member("availability") += draft.availability;
    root.put("availability_mode", "all");
    write(members, root.member("components"));
    root.member("device") += draft.device;
    root.member("origin") += origin;
  });
}

Document document_of(const Draft& draft, const Places& places, const Announced* earlier, std::string_view origin) {
  Document document{.topic = draft.topic};
  const std::vector<const Component*> components = sorted(draft.components);
  std::vector<Member> members;
  members.reserve(components.size());
  document.components.reserve(components.size());
  for (const Component* component : components) {
    if (has_to_wait(places, draft.topic, *component)) continue;
    document.components.push_back(entry_of(*component));
    members.push_back({component->id, component->platform, component->json});
  }
  // Only leaving a component out does not remove it: it must once be said to have nothing but a platform.
  const auto known = earlier == nullptr ? std::span<const std::string>() : std::span(earlier->components);
  for (const std::string& entry : known) {
    if (!is_entry(entry) || is_wanted(components, entry)) continue;
    document.removed.push_back(entry);
    std::erase_if(members, [&](const Member& member) { return member.id == id_in(entry); });
    members.push_back({id_in(entry), platform_in(entry), {}});
  }
  const auto buried = earlier == nullptr ? std::span<const std::string>() : std::span(earlier->buried);
  for (const std::string& entry : buried) {
    if (!is_entry(entry) || std::ranges::find(members, id_in(entry), &Member::id) != members.end()) continue;
    members.push_back({id_in(entry), platform_in(entry), {}});
  }
  std::ranges::sort(document.components);
  std::ranges::sort(members, {}, &Member::id);
  document.payload = payload_of(draft, members, origin);
  return document;
}

}  // namespace

bool Draft::has(std::string_view id) const {
  return std::ranges::find(components, id, &Component::id) != components.end();
}

std::string station_identifier(std::string_view serial) {
  return "bluetti_" + std::string(serial);
}

std::string bridge_identifier(std::string_view installation) {
  return "bluetti_gateway_" + std::string(installation);
}

std::string topic_of(const Topics& topics, std::string_view identifier) {
  return topics.discovery_prefix + "/device/" + std::string(identifier) + "/config";
}

void put_identity(JsonObject& device, std::string_view identifier, std::string_view page,
                  std::string_view manufacturer) {
  device.put_known("configuration_url", page);
  std::string& list = device.member("identifiers") += '[';
  schemas::append_json_text(identifier, list);
  list += ']';
  device.put("manufacturer", manufacturer);
}

std::string availability_of(std::initializer_list<std::string_view> topics) {
  std::string list = "[";
  for (const std::string_view topic : topics) {
    if (list.size() > 1) list += ',';
    JsonObject(list).put("topic", topic);
  }
  return list += ']';
}

std::vector<Document> assemble(std::span<const Draft> drafts, const std::vector<Announced>& announced,
                               const Origin& origin) {
  const Places places = places_of(announced);
  const std::string described_origin = origin_of(origin);
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
