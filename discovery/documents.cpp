// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include "discovery/component.h"
#include "discovery/entity_name.h"
#include "discovery/phrases.h"

namespace bluetti::discovery {
namespace {

constexpr const char* kConnectionId = "connection";
constexpr const char* kGridPresentId = "grid_present";

bool is_shown(const Entity& entity) {
  const schemas::Field& field = *entity.slot->field;
  return field.prominence != schemas::Prominence::none && !field.secret;
}

const std::string& device_name(const Station& station) {
  return station.name.empty() ? station.model : station.name;
}

// The words in front of an entity id: the user's for the station, the model's where those have no letter of [a-z0-9].
std::string entity_id_prefix(const Station& station) {
  std::string prefix = slug(station.name);
  return prefix.empty() ? slug(station.model) : prefix;
}

// Makes the documents of one station.
class Describer {
 public:
  Describer(const Station& station, const Topics& topics, const Language& language)
      : station_(station),
        topics_(topics),
        language_(language),
        scope_{station_identifier(station.serial), entity_id_prefix(station), topics.base + "/" + topics.station} {
    for (const Entity& entity : station.entities) {
      if (is_shown(entity)) entities_[pack_of(*entity.slot, *entity.block)].push_back(entity);
    }
  }

  std::vector<Draft> run() { return drafts_of(packs_stand_apart()); }
  std::vector<Draft> run_as_one() { return drafts_of(false); }

 private:
  std::vector<Draft> drafts_of(bool apart) {
    std::vector<Draft> drafts;
    for (const auto& [pack, entities] : entities_) {
      if (pack == 0 || apart) continue;
      entities_[0].insert(entities_[0].end(), entities.begin(), entities.end());
    }
    drafts.push_back(station_draft());
    for (const auto& [pack, entities] : entities_) {
      if (pack != 0 && apart) drafts.push_back(pack_draft(pack, entities));
    }
    return drafts;
  }

  // A pack alone is the station's battery. Packs that once had devices of their own keep them while not all are known.
  bool packs_stand_apart() const {
    if (!entities_.empty() && entities_.rbegin()->first > 1) return true;
    return std::ranges::any_of(entities_, [this](const auto& entry) {
      return std::ranges::find(station_.announced, pack_topic(entry.first), &Announced::topic) !=
             station_.announced.end();
    });
  }

  std::string pack_identifier(int pack) const { return scope_.identifier + "_pack_" + std::to_string(pack); }
  std::string pack_topic(int pack) const { return topic_of(topics_, pack_identifier(pack)); }
  std::string bridge_availability() const { return topics_.base + "/" + topics_.bridge + "/availability"; }
  std::string station_availability() const { return scope_.state_root + "/availability"; }

  Draft draft_of(const std::string& identifier, const std::string& name) const {
    Draft draft{.topic = topic_of(topics_, identifier),
                .device = {{"identifiers", json::array({identifier})}, {"manufacturer", "BLUETTI"}},
                .availability = availability_of({bridge_availability(), station_availability()})};
    put(draft.device, "name", name);
    return draft;
  }

  Draft station_draft() {
    Draft draft = draft_of(scope_.identifier, device_name(station_));
    draft.device["serial_number"] = station_.serial;
    put(draft.device, "model", station_.model);
    put(draft.device, "sw_version", station_.software_version);
    if (!station_.bridge.empty()) draft.device["via_device"] = bridge_identifier(station_.bridge);
    const std::vector<Entity>& entities = entities_[0];
    add(draft, entities, entity_names(entities, device_name(station_), language_, Device::station));
    add_grid_present(draft, entities);
    if (!draft.components.contains(kConnectionId)) draft.components[kConnectionId] = connection();
    return draft;
  }

  Draft pack_draft(int pack, const std::vector<Entity>& entities) const {
    const std::string name = device_name(station_) + ' ' + inside_name("Pack", language_) + ' ' + std::to_string(pack);
    Draft draft = draft_of(pack_identifier(pack), name);
    draft.device["model"] = language_(phrase::kBatteryPack);
    draft.device["via_device"] = scope_.identifier;
    add(draft, entities, entity_names(entities, name, language_, Device::pack));
    return draft;
  }

  // What a pack says in the station's own device, the station says too, for all packs.
  void add(Draft& draft, const std::vector<Entity>& entities, const std::vector<std::string>& names) const {
    const bool is_station = draft.device.contains("serial_number");
    for (std::size_t i = 0; i < entities.size(); ++i) {
      const Entity& entity = entities[i];
      json component = component_of(entity, names[i], scope_);
      if (is_station && pack_of(*entity.slot, *entity.block) != 0) component["entity_category"] = "diagnostic";
      draft.components[entity.slot->id] = std::move(component);
    }
  }

  std::string own_name(std::string_view phrase) const {
    return without_device_name(language_(phrase), device_name(station_), language_);
  }

  void add_grid_present(Draft& draft, const std::vector<Entity>& entities) const {
    const auto mains = std::ranges::find_if(
        entities, [](const Entity& entity) { return entity.slot->field->kind == "mains" && entity.slot->item <= 1; });
    if (mains == entities.end() || draft.components.contains(kGridPresentId)) return;
    draft.components[kGridPresentId] = grid_present_of(*mains, kGridPresentId, own_name(phrase::kGridPresent), scope_);
  }

  // Says "disconnected" where all other entities are unavailable.
  json connection() const {
    json component = component_base(scope_, "binary_sensor", kConnectionId, own_name(phrase::kStationConnection));
    component["state_topic"] = station_availability();
    component["payload_on"] = "online";
    component["payload_off"] = "offline";
    component["device_class"] = "connectivity";
    component["entity_category"] = "diagnostic";
    component["availability"] = availability_of({bridge_availability()});
    component["availability_mode"] = "all";
    return component;
  }

  const Station& station_;
  const Topics& topics_;
  const Language& language_;
  Scope scope_;
  std::map<int, std::vector<Entity>> entities_;  // by pack; 0: the station's own
};

}  // namespace

std::string topic(std::string_view prefix, std::string_view serial) {
  return topic_of({.discovery_prefix = std::string(prefix)}, station_identifier(serial));
}

std::vector<Document> documents(const Station& station, const Topics& topics, const Origin& origin,
                                const Language& language) {
  return assemble(Describer(station, topics, language).run(), station.announced, origin);
}

Document document(const Station& station, const Topics& topics, const Origin& origin) {
  const std::vector<Announced> announced{{topic(topics.discovery_prefix, station.serial), station.removed}};
  return assemble(Describer(station, topics, Language()).run_as_one(), announced, origin).front();
}

}  // namespace bluetti::discovery
