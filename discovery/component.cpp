// SPDX-License-Identifier: MIT
#include "discovery/component.h"

#include <algorithm>
#include <vector>

#include "discovery/entity_name.h"
#include "discovery/icons.h"
#include "discovery/labels.h"
#include "discovery/phrases.h"

namespace bluetti::discovery {
namespace {

constexpr const char* kAnyBitTemplate = "{{ None if value == '' else 'ON' if value | int else 'OFF' }}";
// Far below any grid's voltage, far above what an open input picks up.
constexpr const char* kMainsTemplate = "{{ None if value == '' else 'ON' if value | float > 50 else 'OFF' }}";

// A station's clock has no zone: it is set to the time of the place, as Home Assistant is.
constexpr const char* kClockTemplate = "{{ None if value == '' else (value | as_datetime | as_local).isoformat() }}";

std::vector<std::string> codes_of(const schemas::Field& field) {
  std::vector<std::string> codes;
  for (const schemas::Option& option : field.options) codes.push_back(option.name);
  return codes;
}

// `{0: "Overload", 3: "Fan"}`: the names of the bits of this word. Those of an array are counted through its words.
void append_names_of_bits(std::string& text, const schemas::Field& field, int item) {
  const int width = field.size * 8;
  const int first = std::max(item - 1, 0) * width;
  const char* separator = "{";
  for (const schemas::Option& option : field.options) {
    const auto bit = option.code - first;
    if (bit < 0 || bit >= width) continue;
    schemas::append_json_text(option.name, text.append(separator).append(std::to_string(bit)).append(": "));
    separator = ", ";
  }
  text += *separator == '{' ? "{}" : "}";
}

// `{"active": ["Overload", "bit 9"]}`, from the number that the bits are published as.
std::string active_bits_template(const schemas::Slot& slot) {
  std::string text = "{% set names = ";
  append_names_of_bits(text, *slot.field, slot.item);
  return text.append(" %}{% set found = namespace(active=[]) %}{% for bit in range(")
      .append(std::to_string(slot.field->size * 8))
      .append(
          ") if value | int(0) | bitwise_and(2 ** bit) %}{% set found.active = found.active + "
          "[names.get(bit, 'bit ' ~ bit)] %}{% endfor %}{{ {'active': found.active} | to_json }}");
}

bool is_problem_word(const schemas::Field& field, const EntityClass& kind) {
  return field.type == schemas::Type::bitmap && kind.platform == "binary_sensor";
}

std::string entity_id_behind(std::string prefix, std::string_view name) {
  const std::string own = slug(name);
  return own.empty() ? prefix : prefix.append(prefix.empty() ? "" : "_").append(own);
}

std::string entity_id_of(const Description& about, const Scope& scope) {
  return entity_id_behind(scope.entity_id_prefix, about.entity_name.empty() ? about.name : about.entity_name);
}

// In the order of the members' names.
void write(JsonObject&& object, const Description& about, const Scope& scope) {
  const auto put_topic = [&](std::string_view name, std::string_view topic) {
    if (!topic.empty()) object.put_joined(name, {scope.state_root, "/", topic});
  };
  if (!about.availability.empty()) {
    object.member("availability") += about.availability;
    object.put("availability_mode", "all");
  }
  object.put_known("command_template", about.command_template);
  put_topic("command_topic", about.command);
  object.put_joined("default_entity_id", {about.platform, ".", entity_id_of(about, scope)});
  object.put_known("device_class", about.device_class);
  if (!about.enabled) object.member("enabled_by_default") += "false";
  object.put_known("entity_category", about.category);
  if (!about.event_types.empty()) object.member("event_types") += about.event_types;
  if (about.expire_after > 0) object.member("expire_after") += std::to_string(about.expire_after);
  object.put_known("icon", icon_for(about.platform, about.device_class, about.id));
  if (!about.attributes_template.empty()) {
    object.put("json_attributes_template", about.attributes_template);
    put_topic("json_attributes_topic", about.attributes.empty() ? about.state : about.attributes);
  }
  if (!about.max.empty()) object.member("max") += about.max;
  if (!about.min.empty()) {
    object.member("min") += about.min;
    object.put("mode", "box");
  }
  object.put("name", about.name);
  if (about.waits) object.member("optimistic") += "false";
  if (!about.options.empty()) object.member("options") += about.options;
  object.put_known("pattern", about.pattern);
  object.put_known("payload_off", about.payload_off);
  object.put_known("payload_on", about.payload_on);
  object.put_known("payload_press", about.payload_press);
  object.put("platform", about.platform);
  if (about.confirmed) object.member("qos") += '1';
  object.put_known("state_class", about.state_class);
  put_topic("state_topic", about.state);
  if (!about.step.empty()) object.member("step") += about.step;
  if (about.precision >= 0) object.member("suggested_display_precision") += std::to_string(about.precision);
  object.put_joined("unique_id", {scope.identifier, "_", about.id});
  object.put_known("unit_of_measurement", about.unit);
  object.put_known("value_template", about.value_template);
}

}  // namespace

std::string entity_id(std::string_view station, std::string_view name) {
  return entity_id_behind(slug(station), name);
}

Component component_of(const Description& about, const Scope& scope) {
  constexpr std::size_t kUsual = 512;
  Component component{
      .id = std::string(about.id), .platform = about.platform, .name = std::string(about.name), .json = {}};
  component.json.reserve(kUsual);
  write(JsonObject(component.json), about, scope);
  return component;
}

Description describe(const Entity& entity, std::string_view name, const Language& language) {
  const schemas::Slot& slot = *entity.slot;
  const EntityClass kind = entity_class(*slot.field);
  Description about{.platform = kind.platform,
                    .id = slot.id,
                    .name = name,
                    .state = slot.path,
                    .value_template = kPlainTemplate,
                    .device_class = kind.device_class,
                    .state_class = kind.state_class,
                    .unit = kind.unit,
                    .category = kind.category,
                    .precision = kind.precision,
                    .enabled = kind.enabled};
  if (kind.device_class == "enum") {
    const std::vector<Label> labels = labels_of(codes_of(*slot.field), language);
    about.options = options_of(labels, language(phrase::kOther));
    about.value_template = label_template(labels, "value", language(phrase::kOther));
  }
  about.expire_after = entity.expire_after;
  if (kind.device_class == "timestamp") about.value_template = kClockTemplate;
  if (is_problem_word(*slot.field, kind)) {
    about.value_template = kAnyBitTemplate;
    about.attributes_template = active_bits_template(slot);
  }
  return about;
}

Description describe_grid_present(const Entity& mains, std::string_view id, std::string_view name) {
  return {.platform = "binary_sensor",
          .id = id,
          .name = name,
          .entity_name = phrase::kGridPresent,
          .state = mains.slot->path,
          .value_template = kMainsTemplate,
          .device_class = "power"};
}

Description describe_firmware(const Entity& progress, std::string_view id, std::string_view name,
                              std::string_view version) {
  const EntityClass kind = entity_class(*progress.slot->field);
  std::string made = "{% set percent = value | int(0) %}{% set runs = 0 < percent < 100 %}{{ {";
  if (!version.empty()) {
    schemas::append_json_text(version, made.append("'installed_version': "));
    made += ", ";
  }
  made += "'in_progress': runs, 'update_percentage': percent if runs else none} | to_json }}";
  return {.platform = "update",
          .id = id,
          .name = name,
          .entity_name = phrase::kFirmware,
          .state = progress.slot->path,
          .value_template = std::move(made),
          .device_class = "firmware",
          .category = "diagnostic",
          .enabled = kind.enabled};
}

}  // namespace bluetti::discovery
