// SPDX-License-Identifier: MIT
#include "discovery/component.h"

#include <algorithm>

#include "discovery/entity_name.h"

namespace bluetti::discovery {
namespace {

constexpr std::string_view kAnyBitTemplate = "{{ None if value == '' else 'ON' if value | int else 'OFF' }}";
// Far below any grid's voltage, far above what an open input picks up.
constexpr std::string_view kMainsTemplate = "{{ None if value == '' else 'ON' if value | float > 50 else 'OFF' }}";

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

// `{0: "Overload", 3: "Fan"}`: the names of the bits of this word. Those of an array are counted through its words.
std::string names_of_bits(const schemas::Field& field, int item) {
  const int width = field.size * 8;
  const int first = std::max(item - 1, 0) * width;
  std::string names;
  for (const schemas::Option& option : field.options) {
    const auto bit = option.code - first;
    if (bit < 0 || bit >= width) continue;
    names += (names.empty() ? "" : ", ") + std::to_string(bit) + ": " + json(option.name).dump();
  }
  return "{" + names + "}";
}

// `{"active": ["Overload", "bit 9"]}`, from the number that the bits are published as.
std::string active_bits_template(const schemas::Slot& slot) {
  return "{% set names = " + names_of_bits(*slot.field, slot.item) +
         " %}{% set found = namespace(active=[]) %}{% for bit in range(" + std::to_string(slot.field->size * 8) +
         ") if value | int(0) | bitwise_and(2 ** bit) %}{% set found.active = found.active + "
         "[names.get(bit, 'bit ' ~ bit)] %}{% endfor %}{{ {'active': found.active} | to_json }}";
}

bool is_problem_word(const schemas::Field& field, const EntityClass& kind) {
  return field.type == schemas::Type::bitmap && kind.platform == "binary_sensor";
}

}  // namespace

json component_base(const Scope& scope, std::string_view platform, const std::string& id, std::string_view name) {
  return {{"platform", platform},
          {"unique_id", scope.identifier + "_" + id},
          {"default_entity_id", std::string(platform) + "." + slug(scope.entity_id_prefix + "_" + id)},
          {"name", name}};
}

json component_of(const Entity& entity, const std::string& name, const Scope& scope) {
  const schemas::Slot& slot = *entity.slot;
  const EntityClass kind = entity_class(*slot.field);
  json component = component_base(scope, kind.platform, slot.id, name);
  component["state_topic"] = scope.state_root + "/" + slot.path;
  component["value_template"] = kPlainTemplate;
  put(component, "device_class", kind.device_class);
  put(component, "state_class", kind.state_class);
  put(component, "unit_of_measurement", kind.unit);
  put(component, "entity_category", kind.category);
  if (!kind.enabled) component["enabled_by_default"] = false;
  if (kind.precision >= 0) component["suggested_display_precision"] = kind.precision;
  if (kind.device_class == "enum") component["options"] = options_of(*slot.field);
  if (is_problem_word(*slot.field, kind)) {
    component["value_template"] = kAnyBitTemplate;
    component["json_attributes_topic"] = component["state_topic"];
    component["json_attributes_template"] = active_bits_template(slot);
  }
  return component;
}

json grid_present_of(const Entity& mains, const std::string& id, std::string_view name, const Scope& scope) {
  json component = component_base(scope, "binary_sensor", id, name);
  component["state_topic"] = scope.state_root + "/" + mains.slot->path;
  component["value_template"] = kMainsTemplate;
  component["device_class"] = "power";
  return component;
}

}  // namespace bluetti::discovery
