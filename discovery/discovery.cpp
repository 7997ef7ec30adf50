// SPDX-License-Identifier: MIT
#include "discovery/discovery.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "discovery/entity_name.h"

namespace bluetti::discovery {
namespace {

// Keys are sorted, so that equal stations give equal bytes whatever the order in which their blocks came.
using nlohmann::json;

std::string identifier(std::string_view serial) {
  return "bluetti_" + std::string(serial);
}

const std::string& device_name(const Station& station) {
  return station.name.empty() ? station.model : station.name;
}

// Home Assistant refuses the whole document for a null or an empty text it did not expect: what is unknown is left out.
void put(json& object, const char* key, std::string_view text) {
  if (!text.empty()) object[key] = text;
}

json device_of(const Station& station) {
  json device{{"identifiers", json::array({identifier(station.serial)})},
              {"manufacturer", "BLUETTI"},
              {"serial_number", station.serial}};
  put(device, "name", device_name(station));
  put(device, "model", station.model);
  put(device, "sw_version", station.software_version);
  return device;
}

json origin_of(const Origin& origin) {
  json result{{"name", origin.name}};
  put(result, "sw_version", origin.version);
  put(result, "support_url", origin.url);
  return result;
}

json availability_of(const Topics& topics) {
  const auto entry = [](const std::string& topic) { return json{{"topic", topic}}; };
  return json::array(
      {entry(topics.base + "/bridge/availability"), entry(topics.base + "/" + topics.station + "/availability")});
}

// The names of an enumeration, and what any code without a name is shown as.
json options_of(const schemas::Field& field) {
  std::vector<std::string> options;
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(options, name) == options.end()) options.push_back(name);
  };
  for (const schemas::Option& option : field.options) add(option.name);
  add("other");
  return options;
}

bool is_shown(const Entity& entity) {
  const schemas::Field& field = *entity.slot->field;
  return field.prominence != schemas::Prominence::none && !field.secret;
}

// The words in front of an entity id: the user's for the station, the model's where those have no letter of [a-z0-9].
std::string entity_id_prefix(const Station& station) {
  std::string prefix = slug(station.name);
  return prefix.empty() ? slug(station.model) : prefix;
}

json component_of(const Entity& entity, const std::string& name, const Station& station, const Topics& topics) {
  const auto& [slot, block] = entity;
  const EntityClass kind = entity_class(*slot->field);
  json component{
      {"platform", kind.platform},
      {"unique_id", identifier(station.serial) + "_" + slot->id},
      {"default_entity_id", std::string(kind.platform) + "." + slug(entity_id_prefix(station) + "_" + slot->id)},
      {"name", name},
      {"state_topic", topics.base + "/" + topics.station + "/" + slot->path},
      // A value that is gone is an empty retained payload, which numeric sensors ignore: this makes it unknown.
      {"value_template", "{{ value or None }}"},
  };
  put(component, "device_class", kind.device_class);
  put(component, "state_class", kind.state_class);
  put(component, "unit_of_measurement", kind.unit);
  put(component, "entity_category", kind.category);
  if (!kind.enabled) component["enabled_by_default"] = false;
  if (kind.precision >= 0) component["suggested_display_precision"] = kind.precision;
  if (kind.device_class == "enum") component["options"] = options_of(*slot->field);
  return component;
}

// Only leaving a component out does not remove it: it must once be said to have nothing but a platform.
void add_tombstones(json& components, const std::vector<std::string>& removed) {
  for (const std::string& entry : removed) {
    const std::size_t colon = entry.find(':');
    if (colon == std::string::npos) continue;
    const std::string id = entry.substr(colon + 1);
    if (!components.contains(id)) components[id] = {{"platform", entry.substr(0, colon)}};
  }
}

json components_of(const Station& station, const Topics& topics) {
  std::vector<Entity> shown;
  std::ranges::copy_if(station.entities, std::back_inserter(shown), is_shown);
  const std::vector<std::string> names = entity_names(shown, device_name(station));
  json components = json::object();
  for (std::size_t i = 0; i < shown.size(); ++i) {
    components[shown[i].slot->id] = component_of(shown[i], names[i], station, topics);
  }
  add_tombstones(components, station.removed);
  return components;
}

}  // namespace

std::string topic(std::string_view prefix, std::string_view serial) {
  return std::string(prefix) + "/device/" + identifier(serial) + "/config";
}

Document document(const Station& station, const Topics& topics, const Origin& origin) {
  const json root{{"device", device_of(station)},
                  {"origin", origin_of(origin)},
                  {"availability", availability_of(topics)},
                  {"availability_mode", "all"},
                  {"components", components_of(station, topics)}};
  // The user's words may be any bytes; the document must be UTF-8 all the same.
  return {.topic = topic(topics.discovery_prefix, station.serial),
          .payload = root.dump(-1, ' ', false, json::error_handler_t::replace)};
}

}  // namespace bluetti::discovery
