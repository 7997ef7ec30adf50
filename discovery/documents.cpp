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

std::string bridge_availability(const Topics& topics) {
  return topics.base + "/" + topics.bridge + "/availability";
}

std::string availability_in(const Topics& topics, std::string_view state_root) {
  return availability_of({bridge_availability(topics), std::string(state_root).append("/").append(kAvailability)});
}

Scope scope_of(const Station& station, const Topics& topics) {
  return {.identifier = station_identifier(station.serial),
          .entity_id_prefix = slug(topics.station),
          .state_root = topics.base + "/" + topics.station,
          .version = station.software_version};
}

std::string pack_identifier(const Scope& scope, int pack) {
  return scope.identifier + "_pack_" + std::to_string(pack);
}

std::string pack_name(std::string_view device_name, int pack, const Language& language) {
  return std::string(device_name) + ' ' + inside_name("Pack", language) + ' ' + std::to_string(pack);
}

// A pack alone is the station's battery. Packs that once had devices of their own keep them while not all are known.
bool packs_stand_apart(const Station& station, const Topics& topics) {
  int packs = 0;
  for (const Entity& entity : station.entities) {
    if (is_entity(*entity.slot->field)) packs = std::max(packs, pack_of(*entity.slot, *entity.block));
  }
  const std::string first = topic_of(topics, pack_identifier(scope_of(station, topics), 1));
  return packs > 1 || std::ranges::find(station.announced, first, &Announced::topic) != station.announced.end();
}

// The devices of one station.
class Devices {
 public:
  Devices(const Station& station, const Topics& topics, const Language& language)
      : station_(station), topics_(topics), language_(language), scope_(scope_of(station, topics)) {}

  [[nodiscard]] const Scope& scope() const { return scope_; }

  void describe(Draft& draft) const {
    const int pack = draft.pack;
    draft.topic = topic_of(topics_, pack == 0 ? scope_.identifier : pack_identifier(scope_, pack));
    draft.availability = availability_in(topics_, scope_.state_root);
    draft.device =
        json_object(0, [&](JsonObject& device) { pack == 0 ? put_station(device) : put_pack(pack, device); });
  }

 private:
  void put_station(JsonObject& device) const {
    put_identity(device, scope_.identifier, station_.page, station_.manufacturer);
    device.put_known("model", station_.model);
    device.put_known("model_id", station_.model_id);
    device.put_known("name", device_name(station_));
    device.put("serial_number", station_.serial);
    device.put_known("suggested_area", station_.area);
    put_software_version(device);
    if (!station_.bridge.empty()) device.put("via_device", bridge_identifier(station_.bridge));
  }

  // What is left out stays as Home Assistant knows it: of another model, perhaps.
  void put_software_version(JsonObject& device) const {
    if (station_.tells_software_version) return device.put_known("sw_version", station_.software_version);
    device.put("sw_version", "");
  }

  void put_pack(int pack, JsonObject& device) const {
    put_identity(device, pack_identifier(scope_, pack));
    device.put("model", language_(phrase::kBatteryPack));
    device.put_known("name", pack_name(device_name(station_), pack, language_));
    device.put_known("suggested_area", station_.area);
    device.put("via_device", scope_.identifier);
  }

  const Station& station_;
  const Topics& topics_;
  const Language& language_;
  Scope scope_;
};

// Makes the components of all stations that have these entities and settings. `device_name`: what no name begins with.
class Describer {
 public:
  Describer(const Station& station, std::string_view device_name, const Topics& topics, const Language& language)
      : station_(station), device_name_(device_name), topics_(topics), language_(language) {
    for (const Entity& entity : station.entities) {
      if (is_entity(*entity.slot->field)) entities_[pack_of(*entity.slot, *entity.block)].push_back(entity);
    }
  }

  // The station's own, and behind it those of its packs.
  std::vector<Draft> run(bool packs_stand_apart) {
    std::vector<Draft> drafts(1);
    for (const auto& [pack, entities] : entities_) {
      if (pack == 0) continue;
      if (packs_stand_apart) {
        add(drafts.emplace_back(Draft{.pack = pack}), entities, names_of_pack(pack, entities), Device::pack);
      } else {
        entities_[0].insert(entities_[0].end(), entities.begin(), entities.end());
      }
    }
    add_station(drafts.front());
    for (Draft& draft : drafts) sort(draft.components);
    return drafts;
  }

 private:
  // Unlike that of the device, by whether the value itself is still being read.
  std::string availability_while_fresh(std::string_view id) const {
    std::string list = availability_in(topics_, scope_.state_root);
    list.back() = ',';
    list += json_object(0, [&](JsonObject& entry) {
      entry.put_joined("topic", {scope_.state_root, "/", kOldValuesPath});
      entry.put_joined("value_template", {"{{ 'offline' if '", id, "' in value_json else 'online' }}"});
    });
    return list += ']';
  }

  std::vector<std::string> names_of_pack(int pack, const std::vector<Entity>& entities) const {
    return entity_names(entities, pack_name(device_name_, pack, language_), language_, Device::pack);
  }

  void add_station(Draft& draft) {
    const std::vector<Entity>& entities = entities_[0];
    add(draft, entities, entity_names(entities, device_name_, language_, Device::station), Device::station);
    add_grid_present(draft, entities);
    add_firmware(draft, entities);
    add_problem(station_.entities, scope_, language_, device_name_, draft);
    add_connection(draft);
    add_boost(draft);
    add_controls(draft);
  }

  // What a pack says in the station's own device, the station says too, for all packs.
  void add(Draft& draft, const std::vector<Entity>& entities, const std::vector<std::string>& names,
           Device device) const {
    const std::vector<std::string> english = entity_names(entities, {});
    const Repetitions repetitions(entities);
    draft.components.reserve(entities.size() + 2);
    for (std::size_t i = 0; i < entities.size(); ++i) {
      Description about = describe(entities[i], names[i], language_);
      about.entity_name = english[i];
      if (entities[i].can_grow_old) about.availability = availability_while_fresh(entities[i].slot->id);
      const bool is_only_pack = device == Device::station && pack_of(*entities[i].slot, *entities[i].block) != 0;
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
    return without_device_name(language_(phrase), device_name_, language_);
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
    const std::string_view version = station_.software_version.empty() ? "" : std::string_view(scope_.version);
    const Description about = describe_firmware(*progress, kFirmwareId, name, version);
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
                                             .availability = availability_of({bridge_availability(topics_)})},
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
      const std::string name = without_device_name(control_name(*setting, language_), device_name_, language_);
      if (is_shown(*setting)) draft.components.push_back(control_of(*setting, name, scope_, language_));
    }
    draft.components.push_back(undo_button(own_name(phrase::kUndo), scope_));
    draft.components.push_back(last_change(own_name(phrase::kLastChange), scope_, language_));
  }

  const Station& station_;
  std::string_view device_name_;
  const Topics& topics_;
  const Language& language_;
  const Scope& scope_ = scope_to_fill_in();
  std::map<int, std::vector<Entity>> entities_;  // by pack; 0: the station's own
};

std::vector<Document> fill_in(std::vector<Draft>& drafts, const Devices& devices,
                              const std::vector<Announced>& announced, const Origin& origin) {
  for (Draft& draft : drafts) devices.describe(draft);
  return assemble(drafts, announced, origin, devices.scope());
}

constexpr std::size_t kMostKinds = 8;

}  // namespace

std::string topic(std::string_view prefix, std::string_view serial) {
  return topic_of({.discovery_prefix = std::string(prefix)}, station_identifier(serial));
}

struct DocumentMaker::Kind {
  std::vector<Entity> entities;
  std::vector<const schemas::Setting*> settings;
  std::string device_name;  // empty: the names hold whatever it is
  bool packs_stand_apart = false;
  bool enabled_only = false;
  bool knows_version = false;
  std::vector<Draft> drafts;

  [[nodiscard]] bool is_of(const Station& station, std::string_view name, bool apart) const {
    return device_name == name && packs_stand_apart == apart && enabled_only == station.enabled_only &&
           knows_version == !station.software_version.empty() && settings == station.settings &&
           entities == station.entities;
  }
  [[nodiscard]] bool has_name_with(std::string_view device) const {
    return std::ranges::any_of(drafts, [&](const Draft& draft) {
      return std::ranges::any_of(
          draft.components, [&](const std::string& name) { return begins_with_device_name(name, device); },
          &Component::name);
    });
  }
};

DocumentMaker::DocumentMaker(Topics topics, Origin origin, Language language)
    : topics_(std::move(topics)), origin_(std::move(origin)), language_(std::move(language)) {}
DocumentMaker::~DocumentMaker() = default;
DocumentMaker::DocumentMaker(DocumentMaker&&) noexcept = default;
DocumentMaker& DocumentMaker::operator=(DocumentMaker&&) noexcept = default;

void DocumentMaker::forget() {
  kinds_.clear();
}

DocumentMaker::Kind& DocumentMaker::kind_of(const Station& station, std::string_view name, bool apart) {
  const auto known = std::ranges::find_if(kinds_, [&](const Kind& kind) { return kind.is_of(station, name, apart); });
  if (known != kinds_.end()) {
    std::rotate(known, known + 1, kinds_.end());
    return kinds_.back();
  }
  if (kinds_.size() == kMostKinds) kinds_.erase(kinds_.begin());
  return kinds_.emplace_back(Kind{.entities = station.entities,
                                  .settings = station.settings,
                                  .device_name = std::string(name),
                                  .packs_stand_apart = apart,
                                  .enabled_only = station.enabled_only,
                                  .knows_version = !station.software_version.empty(),
                                  .drafts = Describer(station, name, topics_, language_).run(apart)});
}

std::vector<Document> DocumentMaker::documents(const Station& station, std::string id) {
  topics_.station = std::move(id);
  const bool apart = packs_stand_apart(station, topics_);
  Kind* kind = &kind_of(station, {}, apart);
  if (kind->has_name_with(device_name(station))) kind = &kind_of(station, device_name(station), apart);
  return fill_in(kind->drafts, Devices(station, topics_, language_), station.announced, origin_);
}

std::vector<Document> documents(const Station& station, const Topics& topics, const Origin& origin,
                                const Language& language) {
  return DocumentMaker(topics, origin, language).documents(station, topics.station);
}

Document document(const Station& station, const Topics& topics, const Origin& origin) {
  const std::vector<Announced> announced{{topic(topics.discovery_prefix, station.serial), station.removed}};
  const Language english;
  std::vector<Draft> drafts = Describer(station, device_name(station), topics, english).run(false);
  return fill_in(drafts, Devices(station, topics, english), announced, origin).front();
}

}  // namespace bluetti::discovery
