// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <set>

#include "discovery/component.h"
#include "discovery/control.h"
#include "discovery/entity_name.h"
#include "discovery/phrases.h"
#include "discovery/problem.h"

namespace bluetti::discovery {
namespace {

constexpr std::string_view kConnectionId = "connection";
constexpr std::string_view kGridPresentId = "grid_present";
constexpr std::string_view kFirmwareId = "firmware_update";
constexpr std::string_view kAvailability = "availability";
constexpr std::string_view kBoost = "boost";
constexpr std::string_view kBoostSeconds = "60";

const std::string& device_name(const Station& station) {
  return station.name.empty() ? station.model : station.name;
}

// Of a group of many, so many are shown; the others start switched off.
constexpr int kShownOfMany = 2;
constexpr int kMany = 4;

// What the station says too, in a value of its own: `soc` of its only pack, the power of its only PV input.
class Repetitions {
 public:
  explicit Repetitions(const std::vector<Entity>& entities) {
    for (const Entity& entity : entities) {
      const schemas::Slot* slot = entity.slot;
      if (pack_of(*slot, *entity.block) == 0 && slot->group == nullptr) own_.insert(slot->field->name);
      if (slot->group != nullptr) items_[slot->group] = std::max(items_[slot->group], slot->item);
    }
  }

  [[nodiscard]] bool has(const Entity& entity, bool is_only_pack) const {
    const schemas::Slot& slot = *entity.slot;
    if (is_only_pack && slot.group == nullptr) {
      return own_.contains(slot.field->name) || own_.contains("pack_" + slot.field->name) ||
             own_.contains("battery_" + slot.field->name);
    }
    if (slot.group == nullptr || slot.group->is_record()) return false;
    const int items = items_.at(slot.group);
    const bool is_total = items == 1 && slot.field->unit == "W";
    return is_total || (items >= kMany && slot.item > kShownOfMany);
  }

 private:
  std::set<std::string, std::less<>> own_;
  std::map<const schemas::Group*, int> items_;
};

// Makes the documents of one station.
class Describer {
 public:
  Describer(const Station& station, const Topics& topics, const Language& language)
      : station_(station),
        topics_(topics),
        language_(language),
        scope_{station_identifier(station.serial), topics.station, topics.base + "/" + topics.station} {
    for (const Entity& entity : station.entities) {
      if (is_entity(*entity.slot->field)) entities_[pack_of(*entity.slot, *entity.block)].push_back(entity);
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
  std::string station_availability() const { return scope_.state_root + '/' + std::string(kAvailability); }

  // Unlike that of the device, by whether the value itself is still being read.
  std::string availability_while_fresh(std::string_view id) const {
    std::string list = availability_of({bridge_availability(), station_availability()});
    list.back() = ',';
    list += json_object(0, [&](JsonObject& entry) {
      entry.put_joined("topic", {scope_.state_root, "/", kOldValuesPath});
      entry.put_joined("value_template", {"{{ 'offline' if '", id, "' in value_json else 'online' }}"});
    });
    return list += ']';
  }

  Draft draft_of(const std::string& identifier, std::string device) const {
    return {.topic = topic_of(topics_, identifier),
            .device = std::move(device),
            .availability = availability_of({bridge_availability(), station_availability()}),
            .components = {}};
  }

  Draft station_draft() {
    Draft draft = draft_of(scope_.identifier, json_object(0, [this](JsonObject& device) {
                             put_identity(device, scope_.identifier, station_.page, station_.manufacturer);
                             device.put_known("model", station_.model);
                             device.put_known("model_id", station_.model_id);
                             device.put_known("name", device_name(station_));
                             device.put("serial_number", station_.serial);
                             device.put_known("suggested_area", station_.area);
                             put_software_version(device);
                             if (!station_.bridge.empty()) device.put("via_device", bridge_identifier(station_.bridge));
                           }));
    const std::vector<Entity>& entities = entities_[0];
    add(draft, entities, entity_names(entities, device_name(station_), language_, Device::station));
    add_grid_present(draft, entities);
    add_firmware(draft, entities);
    add_problem(station_.entities, scope_, language_, device_name(station_), draft);
    add_connection(draft);
    add_boost(draft);
    add_controls(draft);
    return draft;
  }

  // What is left out stays as Home Assistant knows it: of another model, perhaps.
  void put_software_version(JsonObject& device) const {
    if (station_.tells_software_version) return device.put_known("sw_version", station_.software_version);
    device.put("sw_version", "");
  }

  Draft pack_draft(int pack, const std::vector<Entity>& entities) const {
    const std::string name = device_name(station_) + ' ' + inside_name("Pack", language_) + ' ' + std::to_string(pack);
    const std::string identifier = pack_identifier(pack);
    Draft draft = draft_of(identifier, json_object(0, [&](JsonObject& device) {
                             put_identity(device, identifier);
                             device.put("model", language_(phrase::kBatteryPack));
                             device.put_known("name", name);
                             device.put_known("suggested_area", station_.area);
                             device.put("via_device", scope_.identifier);
                           }));
    add(draft, entities, entity_names(entities, name, language_, Device::pack));
    return draft;
  }

  // What a pack says in the station's own device, the station says too, for all packs.
  void add(Draft& draft, const std::vector<Entity>& entities, const std::vector<std::string>& names) const {
    const bool is_station = draft.topic == topic_of(topics_, scope_.identifier);
    const std::vector<std::string> english = entity_names(entities, {});
    const Repetitions repetitions(entities);
    draft.components.reserve(entities.size() + 2);
    for (std::size_t i = 0; i < entities.size(); ++i) {
      Description about = describe(entities[i], names[i], language_);
      about.entity_name = english[i];
      if (entities[i].can_grow_old) about.availability = availability_while_fresh(entities[i].slot->id);
      const bool is_only_pack = is_station && pack_of(*entities[i].slot, *entities[i].block) != 0;
      if (is_only_pack || !about.enabled) about.category = "diagnostic";
      if (repetitions.has(entities[i], is_only_pack)) {
        about.enabled = false;
        about.category = "diagnostic";
      }
      if (station_.enabled_only && !about.enabled) continue;
      draft.components.push_back(component_of(about, scope_));
    }
  }

  std::string own_name(std::string_view phrase) const {
    return without_device_name(language_(phrase), device_name(station_), language_);
  }

  void add_grid_present(Draft& draft, const std::vector<Entity>& entities) const {
    const auto mains = std::ranges::find_if(
        entities, [](const Entity& entity) { return entity.slot->field->kind == "mains" && entity.slot->item <= 1; });
    if (mains == entities.end() || draft.has(kGridPresentId)) return;
    const std::string name = own_name(phrase::kGridPresent);
    draft.components.push_back(component_of(describe_grid_present(*mains, kGridPresentId, name), scope_));
  }

  void add_firmware(Draft& draft, const std::vector<Entity>& entities) const {
    const auto progress = std::ranges::find_if(
        entities, [](const Entity& entity) { return entity.slot->field->kind == "update_progress"; });
    if (progress == entities.end()) return;
    const std::string name = own_name(phrase::kFirmware);
    const Description about = describe_firmware(*progress, kFirmwareId, name, station_.software_version);
    if (about.enabled || !station_.enabled_only) draft.components.push_back(component_of(about, scope_));
  }

  // Says "disconnected" where all other entities are unavailable.
  void add_connection(Draft& draft) const {
    if (draft.has(kConnectionId)) return;
    const std::string name = own_name(phrase::kStationConnection);
    draft.components.push_back(component_of({.platform = "binary_sensor",
                                             .id = kConnectionId,
                                             .name = name,
                                             .entity_name = phrase::kStationConnection,
                                             .state = kAvailability,
                                             .device_class = "connectivity",
                                             .category = "diagnostic",
                                             .payload_on = "online",
                                             .payload_off = "offline",
                                             .availability = availability_of({bridge_availability()})},
                                            scope_));
  }

  // Has it read often for a minute, and then as before.
  void add_boost(Draft& draft) const {
    if (draft.has(kBoost)) return;
    const std::string name = own_name(phrase::kRefreshQuickly);
    draft.components.push_back(component_of({.platform = "button",
                                             .id = kBoost,
                                             .name = name,
                                             .entity_name = phrase::kRefreshQuickly,
                                             .command = kBoost,
                                             .category = "diagnostic",
                                             .payload_press = kBoostSeconds,
                                             .confirmed = true},
                                            scope_));
  }

  void add_controls(Draft& draft) const {
    if (station_.settings.empty()) return;
    for (const schemas::Setting* setting : station_.settings) {
      const std::string name = without_device_name(control_name(*setting, language_), device_name(station_), language_);
      if (is_shown(*setting)) draft.components.push_back(control_of(*setting, name, scope_, language_));
    }
    draft.components.push_back(undo_button(own_name(phrase::kUndo), scope_));
    draft.components.push_back(last_change(own_name(phrase::kLastChange), scope_, language_));
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
