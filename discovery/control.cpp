// SPDX-License-Identifier: MIT
#include "discovery/control.h"

#include <array>
#include <charconv>

#include "discovery/discovery.h"
#include "discovery/entity_name.h"
#include "discovery/labels.h"
#include "discovery/phrases.h"

namespace bluetti::discovery {
namespace {

using schemas::Setting;
using schemas::SettingKind;

constexpr std::string_view kResultTemplate =
    "{{ {'path': value_json.path, 'wanted': value_json.wanted, 'before': value_json.before, "
    "'after': value_json.after, 'reason': value_json.reason, 'took_ms': value_json.took_ms} | to_json }}";

// As JSON and as Jinja take it: shortest, without an exponent.
std::string number_of(double number) {
  std::array<char, 32> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
  return {buffer.data(), error == std::errc() ? end : buffer.data()};
}

// A sensor shows such a class by its unit; so does a number.
std::string_view class_of(std::string_view unit) {
  constexpr std::array<std::array<std::string_view, 2>, 8> kClasses{{{"A", "current"},
                                                                     {"V", "voltage"},
                                                                     {"W", "power"},
                                                                     {"Hz", "frequency"},
                                                                     {"s", "duration"},
                                                                     {"min", "duration"},
                                                                     {"h", "duration"},
                                                                     {"d", "duration"}}};
  for (const auto& [name, device_class] : kClasses) {
    if (name == unit) return device_class;
  }
  return {};
}

double min_of(const Setting& setting) {
  return setting.facts().rule.min.value_or(0);
}

double max_of(const Setting& setting) {
  return setting.facts().rule.max.value_or(0);
}

// The station may hold what may not be wished. Home Assistant logs that as an error and keeps the state before, so it
// is unknown here; the sensor shows it.
std::string template_of(const Setting& setting, const std::vector<Label>& labels) {
  switch (setting.facts().kind) {
    case SettingKind::boolean:
      return kPlainTemplate;
    case SettingKind::option:
      return label_template(labels, "value");
    case SettingKind::number:
      return "{{ value if value != '' and " + number_of(min_of(setting)) +
             " <= value | float <= " + number_of(max_of(setting)) + " else None }}";
    case SettingKind::time_slot:
      break;
  }
  return {};
}

// "off" or "charge 01:00-05:00". An unknown one is empty: a state that does not match would be an error at each write.
// 24:00 may be read, not wished.
std::string pattern_of(const std::vector<std::string>& actions) {
  constexpr std::string_view kTime = "([01][0-9]|2[0-4]):[0-5][0-9]";
  std::string names;
  for (const std::string& action : actions) {
    if (action != "off") names.append(names.empty() ? "" : "|").append(action);
  }
  return "^(off|(" + names + ") " + std::string(kTime) + "-" + std::string(kTime) + ")?$";
}

void describe_number(const Setting& setting, Description& about) {
  const Setting::Facts& facts = setting.facts();
  about.platform = "number";
  about.min = number_of(min_of(setting));
  about.max = number_of(max_of(setting));
  about.step = number_of(facts.rule.step.value_or(1));
  about.unit = facts.unit;
  about.device_class = class_of(facts.unit);
}

void describe_switch(const Setting& setting, Description& about) {
  about.platform = "switch";
  about.payload_on = "ON";
  about.payload_off = "OFF";
  if (setting.facts().rule.consent == "outputs") about.device_class = "outlet";
}

void describe_kind(const Setting& setting, const std::vector<Label>& labels, Description& about) {
  switch (setting.facts().kind) {
    case SettingKind::boolean:
      return describe_switch(setting, about);
    case SettingKind::number:
      return describe_number(setting, about);
    case SettingKind::option:
      about.platform = "select";
      about.options = options_of(labels);
      about.command_template = code_template(labels);
      return;
    case SettingKind::time_slot:
      about.platform = "text";
      about.pattern = pattern_of(setting.facts().options);
      return;
  }
}

}  // namespace

std::string control_id(const Setting& setting) {
  return setting.facts().id + "_control";
}

std::string control_name(const Setting& setting, const Language& language) {
  const Setting::Facts& facts = setting.facts();
  std::string title = facts.title;
  const std::string number = facts.item > 0 ? ' ' + std::to_string(facts.item) : std::string();
  if (title.ends_with(number)) title.resize(title.size() - number.size());
  return language(title) + number + ' ' + inside_name(phrase::kControl, language);
}

bool is_shown(const Setting& setting) {
  return setting.facts().kind != SettingKind::number || min_of(setting) < max_of(setting);
}

Component control_of(const Setting& setting, std::string_view name, const Scope& scope, const Language& language) {
  const std::string id = control_id(setting);
  const std::string english = control_name(setting, {});
  const std::vector<Label> labels = labels_of(setting.facts().options, language);
  const std::string command = setting.path() + "/set";
  Description about{.id = id,
                    .name = name,
                    .entity_name = english,
                    .state = setting.path(),
                    .command = command,
                    .value_template = template_of(setting, labels),
                    .category = "config",
                    .confirmed = true,
                    .waits = true};
  describe_kind(setting, labels, about);
  return component_of(about, scope);
}

Component undo_button(std::string_view name, const Scope& scope) {
  return component_of({.platform = "button",
                       .id = "control_undo",
                       .name = name,
                       .entity_name = phrase::kUndo,
                       .command = "control/undo",
                       .category = "config",
                       .confirmed = true},
                      scope);
}

// Not retained, and so unknown after a restart of Home Assistant: an old result is none.
Component last_change(std::string_view name, const Scope& scope, const Language& language) {
  const std::vector<Label> labels = labels_of({phrase::kOutcomes.begin(), phrase::kOutcomes.end()}, language);
  const std::string other = language(phrase::kOther);
  return component_of({.platform = "sensor",
                       .id = "control_result",
                       .name = name,
                       .entity_name = phrase::kLastChange,
                       .state = "control/result",
                       .value_template = label_template(labels, "value_json.outcome", other),
                       .attributes_template = std::string(kResultTemplate),
                       .device_class = "enum",
                       .category = "diagnostic",
                       .options = options_of(labels, other)},
                      scope);
}

}  // namespace bluetti::discovery
