// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cctype>
#include <cmath>
#include <regex>
#include <set>

#include "tests/support/home_assistant_checks.h"
#include "tests/support/home_assistant_classes.h"

namespace bluetti::test_support {
namespace {

using nlohmann::json;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool contains(const std::vector<std::string_view>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool has(const json& object, const char* key) {
  return object.contains(key) && !object[key].is_null();
}

bool is_topic(const json& value) {
  if (!value.is_string()) return false;
  const auto& topic = value.get_ref<const std::string&>();
  return !topic.empty() && topic.find_first_of(std::string_view("+#\0", 3)) == std::string::npos;
}

void check_needed_topics(const Component& component, Report& report) {
  const std::string& platform = component.platform;
  if (is_one_of(platform, {"sensor", "binary_sensor", "event"})) {
    report.require(has_text(component.config, "state_topic"), "12", "no state_topic");
  }
  if (is_one_of(platform, {"switch", "number", "select", "button", "text"})) {
    report.require(has_text(component.config, "command_topic"), "13", "no command_topic");
  }
}

void check_class_and_unit(const SensorClass& sensor_class, const json& config, Report& report) {
  const std::string unit = text_at(config, "unit_of_measurement");
  const std::string state_class = text_at(config, "state_class");
  if (!is_numeric(sensor_class)) {
    const bool bare = !has(config, "unit_of_measurement") && !has(config, "state_class") &&
                      !has(config, "suggested_display_precision");
    return report.require(bare, "15", "a number's keys on a class without numbers");
  }
  const bool good_unit = contains(sensor_class.units, unit) || (sensor_class.unit_optional && unit.empty());
  report.require(good_unit, "14", "unit '" + unit + "' does not go with " + std::string(sensor_class.name));
  report.require(state_class.empty() || contains(sensor_class.state_classes, state_class), "19",
                 "state class " + state_class + " does not go with " + std::string(sensor_class.name));
}

void check_device_class(const Component& component, Report& report) {
  const json& config = component.config;
  for (const char* key : {"device_class", "state_class"}) {
    report.require(!has(config, key) || has_text(config, key), "21", std::string(key) + " is empty");
  }
  const std::string name = text_at(config, "device_class");
  if (name.empty()) return;
  if (component.platform == "binary_sensor") {
    return report.require(is_binary_sensor_class(name), "14", "unknown device class " + name);
  }
  if (component.platform == "button") {
    return report.require(is_one_of(name, {"identify", "restart", "update"}), "14", "unknown device class " + name);
  }
  if (!is_one_of(component.platform, {"sensor", "number"})) return;
  const SensorClass* sensor_class = find_sensor_class(name);
  if (sensor_class == nullptr) return report.add("14", "unknown device class " + name);
  check_class_and_unit(*sensor_class, config, report);
}

void check_state_class(const json& config, Report& report) {
  const std::string state_class = text_at(config, "state_class");
  report.require(
      state_class.empty() || is_one_of(state_class, {"measurement", "measurement_angle", "total", "total_increasing"}),
      "19", "unknown state class " + state_class);
  report.require(state_class != "measurement_angle" || text_at(config, "unit_of_measurement") == "\u00B0", "20",
                 "an angle without its unit");
  report.require(!has(config, "last_reset_value_template") || state_class == "total", "17",
                 "last_reset_value_template without total");
}

bool are_options(const json& options) {
  if (!options.is_array() || options.empty()) return false;
  std::set<json> seen;
  return std::ranges::all_of(options, [&](const json& option) {
    return option.is_string() && option != "None" && !option.get_ref<const std::string&>().empty() &&
           seen.insert(option).second;
  });
}

// What the template shows a code as that has no name; "other", if it shows codes as they are.
std::string text_of_others(const json& config) {
  static const std::regex kOthers(R"#(.*\.get\(value[^,]*, "([^"]*)"\).*)#");
  std::smatch match;
  const std::string made = text_at(config, "value_template");
  return std::regex_match(made, match, kOthers) ? match[1].str() : "other";
}

void check_options(const Component& component, Report& report) {
  const json& config = component.config;
  const bool is_enum = component.platform == "sensor" && text_at(config, "device_class") == "enum";
  const bool expected = is_enum || component.platform == "select";
  if (!expected) return report.require(!has(config, "options"), "16", "options without the class enum");
  const json& options = at(config, "options");
  report.require(are_options(options), "16", "options are not a list of different words");
  report.require(!is_enum || std::ranges::find(options, json(text_of_others(config))) != options.end(), "B7",
                 "no option for codes without a name");
}

void check_category(const Component& component, Report& report) {
  if (!has(component.config, "entity_category")) return;
  const std::string category = text_at(component.config, "entity_category");
  const bool read_only = is_one_of(component.platform, {"sensor", "binary_sensor"});
  report.require(category == "diagnostic" || (category == "config" && !read_only), "18",
                 "category '" + category + "' on a " + component.platform);
}

void check_number_range(const Component& component, Report& report) {
  if (component.platform != "number") return;
  const auto number = [&](const char* key, double otherwise) {
    const json value = component.config.value(key, json(otherwise));
    return value.is_number() ? value.get<double>() : std::nan("");
  };
  report.require(number("min", 0) < number("max", 100), "22", "min is not below max");
  report.require(number("step", 1) >= 0.001, "22", "step is too small");
}

bool is_whole_number_upto(const json& config, const char* key, int most) {
  const json value = config.value(key, json(0));
  return value.is_number_integer() && value >= 0 && value <= most;
}

// A command whose state is only thought to follow, and a pattern that no text can be checked with.
void check_event_types(const Component& component, Report& report) {
  const json& types = at(component.config, "event_types");
  report.require((component.platform == "event") == are_options(types), "B16", "types of events");
}

void check_settings(const Component& component, Report& report) {
  const json& config = component.config;
  report.require(at(config, "optimistic") != true, "B15", "optimistic");
  if (component.platform != "text") return;
  report.require(has_text(config, "pattern"), "B15", "a text without a pattern");
  report.require(std::regex_match(std::string(), std::regex(text_at(config, "pattern"))), "B15",
                 "an unknown state does not match the pattern");
}

void check_whole_numbers(const json& config, Report& report) {
  report.require(is_whole_number_upto(config, "qos", 2), "28", "qos is not 0, 1 or 2");
  report.require(is_whole_number_upto(config, "expire_after", 1'000'000), "28", "expire_after is not a whole number");
  report.require(is_whole_number_upto(config, "suggested_display_precision", 20), "28",
                 "suggested_display_precision is not a whole number");
}

// What Home Assistant would leave as it is: [a-z0-9]+(_[a-z0-9]+)*
bool is_slug(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && std::ranges::all_of(text, fits) && text.front() != '_' && text.back() != '_' &&
         text.find("__") == std::string_view::npos;
}

void check_identity(const Component& component, Report& report) {
  const json& config = component.config;
  const std::string unique_id = text_at(config, "unique_id");
  const auto is_made_of = [&](const std::string& identifier) {
    return !identifier.empty() && unique_id == identifier + "_" + component.key;
  };
  report.require(is_made_of(component.device_identifier) || is_made_of(component.parent_identifier), "B3",
                 "unique_id is not made of an identifier and the key");
  report.require(has_text(config, "default_entity_id"), "B4", "no default_entity_id");
  const std::string id = text_at(config, "default_entity_id");
  const std::string start = component.platform + ".";
  const bool good = id.starts_with(start) && is_slug(std::string_view(id).substr(start.size()));
  report.require(!has(config, "default_entity_id") || good, "25", "default_entity_id is " + id);
}

// By whole words: a device called "P" does not forbid "Power".
void check_name(const Component& component, Report& report) {
  const std::string name = text_at(component.config, "name");
  report.require(!name.empty(), "B5", "no name");
  const std::string& device = component.device_name;
  if (device.empty() || !name.starts_with(device)) return;
  const std::string_view rest = std::string_view(name).substr(device.size());
  const bool word_goes_on = !rest.empty() && std::isalnum(static_cast<unsigned char>(rest.front())) != 0;
  report.require(word_goes_on, "26", "name starts with the device's: " + name);
}

// What the bridge says of itself, or of who is there, holds while the bridge does.
bool is_of_the_bridge(const json& config) {
  const std::string state = text_at(config, "state_topic");
  const std::string topic = state.empty() ? text_at(config, "command_topic") : state;
  return topic.find("/bridge/") != std::string::npos || topic.ends_with("/availability");
}

// Attributes are a JSON object, even of a topic that was cleared.
void check_attributes(const json& config, Report& report) {
  const std::string made = text_at(config, "json_attributes_template");
  report.require(has(config, "json_attributes_topic") == !made.empty(), "B13", "attributes need topic and template");
  const bool is_object = made.ends_with("} | to_json }}") || made == "{{ value or '{}' }}";
  report.require(made.empty() || is_object, "B13", "attributes are not a JSON object");
}

void check_freshness(const json& config, Report& report) {
  report.require(at(config, "force_update") != true, "B8", "force_update");
  report.require(!has(config, "expire_after"), "B8", "expire_after");
  const json& topics = at(config, "availability");
  const std::size_t needed = is_of_the_bridge(config) ? 1 : 2;
  const bool all = at(config, "availability_mode") == "all" && topics.is_array() && topics.size() >= needed;
  report.require(all, "B9", "bridge and device are not both needed");
}

void check_commands(const json& config, Report& report) {
  if (!has(config, "command_topic")) return;
  const std::string topic = text_at(config, "command_topic");
  const bool is_for_commands = topic.ends_with("/set") || topic.ends_with("/boost") || topic.ends_with("/control/undo");
  report.require(is_for_commands, "B10", "command topic is not one that is never retained");
  report.require(at(config, "qos") == 1, "B10", "commands are not sent with QoS 1");
  report.require(at(config, "retain") != true, "31", "commands are retained");
}

}  // namespace

void check_topics(const json& object, Report& report) {
  for (const auto& [key, value] : object.items()) {
    report.require(!key.ends_with("topic") || is_topic(value), "23", key + " is not a topic to publish on");
  }
}

void check_availability(const json& object, Report& report) {
  report.require(!object.contains("availability") || !object.contains("availability_topic"), "11",
                 "availability and availability_topic");
  const json& mode = at(object, "availability_mode");
  report.require(mode.is_null() || mode == "all" || mode == "any" || mode == "latest", "24",
                 "availability_mode is " + mode.dump());
  if (!object.contains("availability") || !object["availability"].is_array()) return;
  for (const json& entry : object["availability"]) {
    if (!entry.is_object() || !entry.contains("topic")) {
      report.add("23", "availability without topic");
      continue;
    }
    check_topics(entry, report);
    for (const auto& [key, value] : entry.items()) {
      const bool known = is_one_of(key, {"topic", "payload_available", "payload_not_available", "value_template"});
      report.require(known, "3", "unknown key in availability: " + key);
    }
  }
}

bool is_numeric_sensor(const Component& component) {
  const json& config = component.config;
  if (component.platform != "sensor") return false;
  const SensorClass* sensor_class = find_sensor_class(text_at(config, "device_class"));
  return has(config, "unit_of_measurement") || has(config, "state_class") ||
         has(config, "suggested_display_precision") || (sensor_class != nullptr && is_numeric(*sensor_class));
}

void check_entity(const Component& component, std::string_view prefix, Report& report) {
  const json& config = component.config;
  check_needed_topics(component, report);
  check_topics(config, report);
  check_availability(config, report);
  check_device_class(component, report);
  check_state_class(config, report);
  check_options(component, report);
  check_category(component, report);
  check_number_range(component, report);
  check_whole_numbers(config, report);
  check_identity(component, report);
  check_name(component, report);
  check_freshness(config, report);
  check_attributes(config, report);
  check_commands(config, report);
  check_settings(component, report);
  check_event_types(component, report);
  report.require(!text_at(config, "state_topic").starts_with(std::string(prefix) + "/"), "B1",
                 "state below the discovery prefix");
}

}  // namespace bluetti::test_support
