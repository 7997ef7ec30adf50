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

bool is_entry_of(std::string_view entry, const Component& component) {
  return id_in(entry) == component.id && platform_in(entry) == component.platform;
}

bool is_wanted(const std::vector<Component>& components, std::string_view entry) {
  const auto found = std::ranges::lower_bound(components, id_in(entry), {}, &Component::id);
  return found != components.end() && is_entry_of(entry, *found);
}

constexpr char kMark = '\x7f';  // and a letter behind it; neither is escaped in JSON

const std::string* filled_in(char letter, const Scope& scope) {
  switch (letter) {
    case 'i':
      return &scope.identifier;
    case 'e':
      return &scope.entity_id_prefix;
    case 's':
      return &scope.state_root;
    case 'v':
      return &scope.version;
    default:
      return nullptr;
  }
}

void append_filled_in(std::string_view json, const Scope& scope, std::string& out) {
  for (std::size_t at = json.find(kMark); at != std::string_view::npos; at = json.find(kMark)) {
    const std::string* text = at + 1 < json.size() ? filled_in(json[at + 1], scope) : nullptr;
    out += json.substr(0, text ? at : at + 1);
    if (text) out += *text;
    json.remove_prefix(text ? at + 2 : at + 1);
  }
  out += json;
}

std::string escaped(std::string_view text) {
  std::string json;
  schemas::append_inside_json_text(text, json);
  return json;
}

// As it is written inside of JSON: the version inside of a text that is a template.
Scope escaped(const Scope& scope) {
  return {escaped(scope.identifier), escaped(scope.entity_id_prefix), escaped(scope.state_root),
          escaped(escaped(scope.version))};
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

// Sorted, as by id the members are.
std::vector<std::string> entries_of(std::vector<Member> members) {
  std::ranges::stable_sort(members, {}, &Member::platform);
  std::vector<std::string> entries;
  entries.reserve(members.size());
  for (const Member& member : members) {
    std::string& entry = entries.emplace_back();
    entry.reserve(member.platform.size() + 1 + member.id.size());
    entry.append(member.platform).append(":").append(member.id);
  }
  return entries;
}

void write(const std::vector<Member>& members, const Scope& scope, std::string& out) {
  JsonObject object(out);
  for (const Member& member : members) {
    std::string& value = object.member(member.id);
    if (!member.json.empty()) {
      append_filled_in(member.json, scope, value);
    } else {
      JsonObject(value).put("platform", member.platform);
    }
  }
}

std::string payload_of(const Draft& draft, const std::vector<Member>& members, std::string_view origin,
                       const Scope& scope) {
  constexpr std::size_t kMostTopics = 3;
  // Of a member at most, with what is punctuation.
  const std::size_t more =
      40 + scope.identifier.size() + scope.entity_id_prefix.size() + kMostTopics * scope.state_root.size();
  std::size_t size = draft.device.size() + draft.availability.size() + origin.size() + 5 * more;
  for (const Member& member : members) size += member.id.size() + member.json.size() + more;
  return json_object(size, [&](JsonObject& root) {
    root.member("availability") += draft.availability;
    root.put("availability_mode", "all");
    write(members, scope, root.member("components"));
    root.member("device") += draft.device;
    root.member("origin") += origin;
  });
}

Document document_of(const Draft& draft, const Places& places, const Announced* earlier, std::string_view origin,
                     const Scope& scope) {
  Document document{.topic = draft.topic};
  const std::vector<Component>& components = draft.components;
  std::vector<Member> members;
  members.reserve(components.size());
  for (const Component& component : components) {
    if (!has_to_wait(places, draft.topic, component)) {
      members.push_back({component.id, component.platform, component.json});
    }
  }
  document.components = entries_of(members);
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
  if (!std::ranges::is_sorted(members, {}, &Member::id)) std::ranges::sort(members, {}, &Member::id);
  document.payload = payload_of(draft, members, origin, scope);
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

const Scope& scope_to_fill_in() {
  static const Scope kScope{{kMark, 'i'}, {kMark, 'e'}, {kMark, 's'}, {kMark, 'v'}};
  return kScope;
}

void sort(std::vector<Component>& components) {
  std::ranges::reverse(components);
  std::ranges::stable_sort(components, {}, &Component::id);
  const auto alike = [](const Component& a, const Component& b) { return a.id == b.id; };
  components.erase(std::unique(components.begin(), components.end(), alike), components.end());
}

std::vector<Document> assemble(std::span<const Draft> drafts, const std::vector<Announced>& announced,
                               const Origin& origin, const Scope& scope) {
  const Places places = places_of(announced);
  const Scope filling = escaped(scope);
  const std::string described_origin = origin_of(origin);
  std::vector<Document> documents;
  for (const Draft& draft : drafts) {
    const auto earlier = std::ranges::find(announced, draft.topic, &Announced::topic);
    Document document =
        document_of(draft, places, earlier == announced.end() ? nullptr : &*earlier, described_origin, filling);
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
