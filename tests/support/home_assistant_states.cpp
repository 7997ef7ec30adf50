// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <regex>

#include "tests/support/home_assistant_checks.h"

namespace bluetti::test_support {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestState = 255;  // characters

std::string rendered(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  return value.dump();
}

std::optional<double> finite_number(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const bool good = error == std::errc() && stop == end && std::isfinite(number);
  return good ? std::optional(number) : std::nullopt;
}

// ON above a number, None without one. Nothing: Home Assistant would say that the payload is no number.
std::optional<std::string> switched(const std::string& payload, double limit) {
  if (payload.empty()) return "None";
  const std::optional<double> number = finite_number(payload);
  return number ? std::optional<std::string>(*number > limit ? "ON" : "OFF") : std::nullopt;
}

// Home Assistant's `as_datetime` and `as_local` in summer in Berlin; nothing where they would fail.
std::optional<std::string> local_time(const std::string& payload) {
  static const std::regex kClock(R"((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d))");
  if (payload.empty()) return "None";
  if (!std::regex_match(payload, kClock)) return std::nullopt;
  return std::regex_replace(payload, kClock, "$1T$2+02:00");
}

// A value within limits; all others are unknown.
std::optional<std::string> limited(const std::string& value_template, const std::string& payload) {
  static const std::regex kRange(R"(\{\{ value if value != '' and (\S+) <= value \| float <= (\S+) else None \}\})");
  std::smatch match;
  if (!std::regex_match(value_template, match, kRange)) return std::nullopt;
  if (payload.empty()) return "None";
  const std::optional<double> number = finite_number(payload);
  if (!number) return std::nullopt;
  return *number >= finite_number(match[1].str()) && *number <= finite_number(match[2].str()) ? payload : "None";
}

// A code by the text that stands for it; one that has none is the text of all others, or unknown.
std::optional<std::string> labelled(const std::string& value_template, const std::string& payload) {
  static const std::regex kLabels(
      R"#(\{% set names = (\{.*\}) %\}\{\{ names\.get\((value|value_json\.(\w+))(?:, ("[^"]*"))?\)(?: if (\S+) else None)? \}\})#");
  std::smatch match;
  if (!std::regex_match(value_template, match, kLabels)) return std::nullopt;
  json code = payload;
  if (match[3].matched) {
    const json object = json::parse(payload, nullptr, false);
    const auto found = object.is_object() ? object.find(match[3].str()) : object.end();
    if (!object.is_object() || found == object.end()) return std::nullopt;
    code = *found;
  }
  if (!code.is_string() || code == "") return "None";
  const json names = json::parse(match[1].str());
  const auto name = names.find(code.get<std::string>());
  if (name != names.end()) return name->get<std::string>();
  return match[4].matched ? json::parse(match[4].str()).get<std::string>() : "None";
}

// What the templates in use make of a payload. Nothing: the key is not there, or the template is none of these.
std::optional<std::string> render(const std::string& value_template, const std::string& payload) {
  static const std::regex kKey(R"(\{\{ value_json\.(\w+) \}\})");
  std::smatch match;
  if (value_template.empty()) return payload;
  if (value_template == "{{ value or None }}") return payload.empty() ? "None" : payload;
  if (value_template == "{{ None if value == '' else 'ON' if value | int else 'OFF' }}") return switched(payload, 0);
  if (value_template == "{{ None if value == '' else 'ON' if value | float > 50 else 'OFF' }}") {
    return switched(payload, 50);
  }
  if (value_template == "{{ None if value == '' else (value | as_datetime | as_local).isoformat() }}") {
    return local_time(payload);
  }
  if (value_template.starts_with("{{ value if ")) return limited(value_template, payload);
  if (value_template.starts_with("{% set names = ")) return labelled(value_template, payload);
  if (!std::regex_match(value_template, match, kKey)) return std::nullopt;
  const json state = json::parse(payload, nullptr, false);
  const auto found = state.is_object() ? state.find(match[1].str()) : state.end();
  return found == state.end() ? std::nullopt : std::optional(rendered(*found));
}

bool is_utf8(const std::string& text) {
  try {
    return !json(text).dump().empty();
  } catch (const json::type_error&) {
    return false;
  }
}

bool is_text(const std::string& state) {
  const auto starts_character = [](char c) { return (c & 0xC0) != 0x80; };
  return is_utf8(state) && static_cast<std::size_t>(std::ranges::count_if(state, starts_character)) <= kLongestState;
}

bool is_time_with_zone(const std::string& state) {
  static const std::regex kTime(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))");
  return std::regex_match(state, kTime);
}

bool is_switch_word(const Component& component, const std::string& state) {
  return state == component.config.value("payload_on", "ON") || state == component.config.value("payload_off", "OFF");
}

bool is_option(const Component& component, const std::string& state) {
  const json& options = at(component.config, "options");
  return std::ranges::find(options, json(state)) != options.end();
}

bool is_within_range(const Component& component, const std::string& state) {
  const std::optional<double> number = finite_number(state);
  return number && *number >= component.config.value("min", 0.0) && *number <= component.config.value("max", 100.0);
}

bool is_event_type(const Component& component, const std::string& payload) {
  const json event = json::parse(payload, nullptr, false);
  const json& types = at(component.config, "event_types");
  return event.is_object() && std::ranges::find(types, event.value("event_type", json())) != types.end();
}

bool fits(const Component& component, const std::string& state) {
  if (state == "None") return component.platform != "text";
  if (component.platform == "event") return is_event_type(component, state);
  if (component.platform == "number") return is_within_range(component, state);
  if (component.platform == "binary_sensor" || component.platform == "switch") return is_switch_word(component, state);
  if (component.config.contains("options")) return is_option(component, state);
  if (text_at(component.config, "device_class") == "timestamp") return is_time_with_zone(state);
  if (is_numeric_sensor(component)) return finite_number(state).has_value();
  if (component.platform == "text") {
    return is_text(state) && std::regex_match(state, std::regex(text_at(component.config, "pattern")));
  }
  return is_text(state);
}

// What became of a wish is an event, which must not come again.
bool is_event(const std::string& topic) {
  return topic.ends_with("/control/result") || topic.ends_with("/problem/event");
}

void check_state(const Component& component, const Message& message, Report& report) {
  report.require(message.retained != is_event(message.topic), "31", "state is not retained, or an event is");
  const std::string value_template = text_at(component.config, "value_template");
  const std::optional<std::string> state = render(value_template, message.payload);
  if (!state) return report.add("29", "the template " + value_template + " finds nothing in " + message.payload);
  report.require(fits(component, *state), "30", "state '" + *state + "' does not fit");
}

void check_availability_message(const json& entry, const Message& message, Report& report) {
  report.require(message.retained, "31", "availability is not retained");
  const bool known = message.payload == entry.value("payload_available", "online") ||
                     message.payload == entry.value("payload_not_available", "offline");
  report.require(known, "30", "availability is '" + message.payload + "'");
}

}  // namespace

void check_states(const Component& component, const Published& published, Report& report) {
  const auto each_on = [&](const std::string& topic, const auto& check) {
    const auto [first, last] = published.equal_range(topic);
    for (auto entry = first; entry != last; ++entry) check(*entry->second);
  };
  const json& config = component.config;
  each_on(text_at(config, "state_topic"), [&](const Message& message) { check_state(component, message, report); });
  each_on(text_at(config, "command_topic"),
          [&](const Message& message) { report.require(!message.retained, "31", "a command is retained"); });
  for (const json& entry : at(config, "availability")) {
    each_on(text_at(entry, "topic"),
            [&](const Message& message) { check_availability_message(entry, message, report); });
  }
}

}  // namespace bluetti::test_support
