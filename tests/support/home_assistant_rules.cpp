// SPDX-License-Identifier: MIT
#include "tests/support/home_assistant_rules.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <regex>
#include <set>

#include "tests/support/home_assistant_checks.h"

namespace bluetti::test_support {
namespace {

using nlohmann::json;
using Words = std::set<std::string, std::less<>>;

constexpr std::size_t kLargestDocument = 2'000'000;

const Words kRootKeys = {"device",
                         "origin",
                         "components",
                         "state_topic",
                         "command_topic",
                         "availability",
                         "availability_topic",
                         "availability_mode",
                         "availability_template",
                         "payload_available",
                         "payload_not_available",
                         "qos",
                         "encoding"};
const Words kDeviceKeys = {"identifiers",    "connections",       "name",          "manufacturer",
                           "model",          "model_id",          "hw_version",    "sw_version",
                           "suggested_area", "configuration_url", "serial_number", "via_device"};
const Words kOriginKeys = {"name", "sw_version", "support_url"};
const Words kPlatforms = {"alarm_control_panel",
                          "binary_sensor",
                          "button",
                          "camera",
                          "climate",
                          "cover",
                          "device_automation",
                          "device_tracker",
                          "event",
                          "fan",
                          "humidifier",
                          "image",
                          "lawn_mower",
                          "light",
                          "lock",
                          "notify",
                          "number",
                          "scene",
                          "siren",
                          "select",
                          "sensor",
                          "switch",
                          "tag",
                          "text",
                          "update",
                          "vacuum",
                          "valve",
                          "water_heater"};

void check_keys(const json& object, const Words& known, const char* rule, Report& report) {
  for (const auto& [key, value] : object.items()) {
    report.require(known.contains(key), rule, "unknown key " + key);
  }
}

void check_topic(std::string_view topic, std::string_view prefix, Report& report) {
  static const std::regex kIds("(/[A-Za-z0-9_-]+)?/[A-Za-z0-9_-]+/config");
  const std::string start = std::string(prefix) + "/device";
  report.require(topic.starts_with(start) && std::regex_match(std::string(topic.substr(start.size())), kIds), "2",
                 "not a device discovery topic");
}

bool is_list_of_texts(const json& value) {
  const auto good = [](const json& item) { return item.is_string() && !item.get_ref<const std::string&>().empty(); };
  return good(value) || (value.is_array() && !value.empty() && std::ranges::all_of(value, good));
}

void check_url(const json& object, const char* key, Report& report) {
  const std::string url = text_at(object, key);
  const bool good = url.starts_with("http://") || url.starts_with("https://") || url.starts_with("homeassistant://");
  report.require(url.empty() || good, "10", "no scheme Home Assistant takes: " + url);
}

void check_device(const json& device, Report report) {
  if (!device.is_object()) return report.add("4", "not an object");
  check_keys(device, kDeviceKeys, "4", report);
  for (const auto& [key, value] : device.items()) {
    const bool list = key == "identifiers" || key == "connections";
    report.require(list || value.is_string(), "4", key + " is not a text");
  }
  report.require(is_list_of_texts(at(device, "identifiers")), "4", "no identifiers");
  report.require(has_text(device, "name"), "B2", "no name");
  check_url(device, "configuration_url", report);
}

void check_origin(const json& origin, Report report) {
  if (!origin.is_object()) return report.add("5", "not an object");
  report.require(has_text(origin, "name"), "5", "no name");
  check_keys(origin, kOriginKeys, "5", report);
  for (const auto& [key, value] : origin.items()) report.require(value.is_string(), "5", key + " is not a text");
}

void check_root(const json& root, Report& report) {
  for (const auto& [key, value] : root.items()) {
    const char* rule = key == "~" ? "9" : "3";
    report.require(kRootKeys.contains(key), rule, "unknown key " + key);
  }
  report.require(at(root, "components").is_object(), "3", "no components");
  check_topics(root, report);
  check_availability(root, report);
  check_device(at(root, "device"), report.below("device"));
  check_origin(at(root, "origin"), report.below("origin"));
}

std::string first_identifier(const json& device) {
  const json& identifiers = at(device, "identifiers");
  const json& first = identifiers.is_array() && !identifiers.empty() ? identifiers.front() : identifiers;
  return first.is_string() ? first.get<std::string>() : "";
}

// A component's keys, and those of the root it does not set itself.
json inherit(const json& root, json config) {
  std::vector<const char*> keys = {"state_topic", "command_topic"};
  if (!config.contains("availability") && !config.contains("availability_topic")) {
    keys.insert(keys.end(), {"availability", "availability_topic", "availability_mode"});
  }
  for (const char* key : keys) {
    if (root.contains(key) && !config.contains(key)) config[key] = root[key];
  }
  return config;
}

// The components that are entities; what they are not is reported.
std::vector<Component> components_of(const json& root, Report& report) {
  std::vector<Component> result;
  const json& components = at(root, "components");
  if (!components.is_object()) return result;
  const json& device = at(root, "device");
  for (const auto& [key, config] : components.items()) {
    Report here = report.below(key);
    here.require(!key.empty() && key.find(' ') == std::string::npos, "6", "blank in the key of a component");
    here.require(config.is_object() && kPlatforms.contains(text_at(config, "platform")), "7", "no platform of MQTT");
    if (!config.is_object() || config.size() < 2) continue;  // a tombstone
    here.require(has_text(config, "unique_id"), "8", "no unique_id");
    result.push_back({key, text_at(config, "platform"), inherit(root, config), text_at(device, "name"),
                      first_identifier(device), text_at(device, "via_device")});
  }
  return result;
}

void check_one_battery_level(const std::vector<Component>& components, Report& report) {
  const auto levels = std::ranges::count_if(components, [](const Component& component) {
    const bool numbered = std::ranges::any_of(component.key, [](char c) { return c >= '0' && c <= '9'; });
    return component.platform == "sensor" && !numbered && text_at(component.config, "device_class") == "battery";
  });
  report.require(levels <= 1, "B6", std::to_string(levels) + " battery levels");
}

void check_names_differ(const std::vector<Component>& components, Report& report) {
  std::map<std::string, std::string> seen;
  for (const Component& component : components) {
    const std::string name = text_at(component.config, "name");
    if (name.empty()) continue;
    const auto [other, is_new] = seen.emplace(name, component.key);
    report.require(is_new, "B5", component.key + " is called " + name + " like " + other->second);
  }
}

// What has been seen over all documents of the broker, so far.
struct Seen {
  std::set<std::string> unique_ids;
  std::set<std::string> entity_ids;
  std::set<std::string> devices;
};

void check_unique_ids(const std::vector<Component>& components, Seen& seen, Report& report) {
  for (const Component& component : components) {
    const std::string id = component.platform + " " + text_at(component.config, "unique_id");
    report.require(seen.unique_ids.insert(id).second, "27", "unique_id given twice: " + id);
    const std::string entity_id = text_at(component.config, "default_entity_id");
    const bool is_new = entity_id.empty() || seen.entity_ids.insert(entity_id).second;
    report.require(is_new, "B14", "default_entity_id given twice: " + entity_id);
  }
}

// Home Assistant makes up a nameless device where it does not know the parent yet.
void check_parent(const json& device, Seen& seen, Report& report) {
  const std::string parent = text_at(device, "via_device");
  report.require(parent.empty() || seen.devices.contains(parent), "B12",
                 "the device it is behind comes later: " + parent);
  report.require(seen.devices.insert(first_identifier(device)).second, "B12", "a device described twice");
}

void check_document(const Message& document, const Published& published, std::string_view prefix, Seen& seen,
                    Report report) {
  check_topic(document.topic, prefix, report);
  report.require(document.retained, "31", "not retained");
  report.require(document.payload.size() < kLargestDocument, "B11", "too large for a broker");
  if (document.payload.empty()) return;  // the device goes away
  const json root = json::parse(document.payload, nullptr, false);
  if (!root.is_object()) return report.add("1", "not a JSON object in UTF-8");
  check_root(root, report);
  const std::vector<Component> components = components_of(root, report);
  for (const Component& component : components) {
    Report here = report.below(component.key);
    check_entity(component, prefix, here);
    check_states(component, published, here);
  }
  check_parent(at(root, "device"), seen, report);
  check_unique_ids(components, seen, report);
  check_names_differ(components, report);
  check_one_battery_level(components, report);
}

}  // namespace

const json& at(const json& object, const char* key) {
  static const json kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

std::string text_at(const json& object, const char* key) {
  const json& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

bool has_text(const json& object, const char* key) {
  return !text_at(object, key).empty();
}

std::ostream& operator<<(std::ostream& out, const Violation& violation) {
  return out << "rule " << violation.rule << ": " << violation.subject << ": " << violation.text;
}

std::vector<Violation> home_assistant_violations(const std::vector<Message>& documents,
                                                 const std::vector<Message>& published, std::string_view prefix) {
  std::vector<Violation> violations;
  Seen seen;
  Published by_topic;
  for (const Message& message : published) by_topic.emplace(message.topic, &message);
  for (const Message& document : documents) {
    check_document(document, by_topic, prefix, seen, Report(document.topic, violations));
  }
  return violations;
}

}  // namespace bluetti::test_support
