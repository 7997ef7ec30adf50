// SPDX-License-Identifier: MIT
#include "schemas/override.h"

#include <algorithm>
#include <utility>

#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

// A scale comes before the subtraction, as in the row's own keys.
void replace_scale(Field& field, double factor) {
  auto& chain = field.transforms;
  const auto is = [](Transform::Kind kind) { return [kind](const Transform& t) { return t.kind == kind; }; };
  const auto scale = std::find_if(chain.begin(), chain.end(), is(Transform::Kind::scale));
  if (scale != chain.end()) {
    *scale = Transform{.kind = Transform::Kind::scale, .first = factor};
  } else {
    const auto minus = std::find_if(chain.begin(), chain.end(), is(Transform::Kind::minus));
    chain.insert(minus, Transform{.kind = Transform::Kind::scale, .first = factor});
  }
}

template <typename Use>
void each_field(Block& block, Use use) {
  for (Field& field : block.fields) use(field);
  for (Group& group : block.groups) {
    for (Field& field : group.fields) use(field);
  }
}

std::string bits_out_of_reach(const std::vector<Option>& names, const Field& field) {
  const int bits = field.size * 8 * std::max(field.count, 1);
  const bool fit =
      std::all_of(names.begin(), names.end(), [&](const Option& name) { return name.code >= 0 && name.code < bits; });
  return fit ? "" : "'options' names bits beyond the " + std::to_string(bits) + " there are";
}

void apply_numbers(const Override& override, Field& field) {
  if (override.min) field.min = *override.min;
  if (override.max) field.max = *override.max;
  if (override.scale) {
    field.scales.clear();
    replace_scale(field, *override.scale);
  }
  if (!override.scales) return;
  field.scales = *override.scales;
  std::erase_if(field.transforms, [](const Transform& t) { return t.kind == Transform::Kind::scale; });
}

std::string refusal_of_numbers(const Override& override, Field field) {
  apply_numbers(override, field);
  if (field.min && field.max && *field.min > *field.max) return "'min' is greater than 'max'";
  return refusal_of_scales(field);
}

std::string missing_in(const std::vector<Field>& fields, const Model& model) {
  for (const Field& field : fields) {
    for (const Transform& transform : field.transforms) {
      if (!transform.parameter.empty() && !model.parameters.contains(transform.parameter)) return transform.parameter;
    }
  }
  return {};
}

void put_parameters_in(Field& field, const Model& model) {
  for (Transform& transform : field.transforms) {
    const auto parameter = model.parameters.find(transform.parameter);
    if (parameter != model.parameters.end()) transform.first = parameter->second;
  }
  // On this model it may come to nothing, and the value then stays an integer.
  std::erase_if(field.transforms, [](const Transform& transform) {
    return !transform.parameter.empty() && transform.kind == Transform::Kind::scale && transform.first == 1;
  });
}

// Rows that the model does not serve over Modbus TCP, and what cannot be told without them.
void drop_unserved(Block& block, const LanPlan& lan) {
  const auto is_unserved = [&](int offset) {
    const int address = block.id + offset / 2;
    return std::ranges::any_of(lan.unserved, [address](std::uint16_t unserved) { return unserved == address; });
  };
  std::erase_if(block.fields, [&](const Field& field) { return !field.is_derived() && is_unserved(field.offset); });
  std::erase_if(block.fields, [&](const Field& field) {
    return (field.when && !block.field(field.when->field)) || (field.direction && !block.field(field.direction->field));
  });
  for (Group& group : block.groups) {
    std::erase_if(group.fields, [&](const Field& field) { return is_unserved(group.offset + field.offset); });
  }
  std::erase_if(block.groups, [&](const Group& group) {
    return group.fields.empty() ||
           std::ranges::any_of(group.count_fields, [&](const std::string& name) { return !block.field(name); });
  });
}

}  // namespace

const Field* find_field(const Block& block, std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return block.field(name);
  const Group* group = block.group(name.substr(0, dot));
  if (group == nullptr) return nullptr;
  const auto is_meant = [name = name.substr(dot + 1)](const Field& field) { return field.name == name; };
  const auto found = std::find_if(group->fields.begin(), group->fields.end(), is_meant);
  return found == group->fields.end() ? nullptr : &*found;
}

Field* find_field(Block& block, std::string_view name) {
  return const_cast<Field*>(find_field(std::as_const(block), name));
}

std::vector<std::string> field_names(const Block& block) {
  std::vector<std::string> names;
  for (const Field& field : block.fields) names.push_back(field.name);
  for (const Group& group : block.groups) {
    for (const Field& field : group.fields) names.push_back(group.name + "." + field.name);
  }
  return names;
}

std::string refusal(const Override& override, const Field& field) {
  if ((override.scale || override.scales) && field.is_derived()) return "'scale' belongs to fields that are read";
  if (override.absent && field.is_derived()) return "'absent' belongs to fields that are read";
  if ((override.scale || override.scales) && !field.is_numeric()) return "'scale' belongs to number types";
  if ((override.min || override.max) && !field.is_numeric()) return "'min' and 'max' belong to number types";
  if (override.sign && !field.is_numeric()) return "'sign' belongs to number types";
  if (const std::string message = refusal_of_numbers(override, field); !message.empty()) return message;
  if (override.unit && !field.is_numeric()) return "'unit' belongs to number types";
  const bool is_enum = field.type == Type::enumeration;
  if (override.options && !is_enum && field.type != Type::bitmap)
    return "'options' belongs to the types enum and bitmap";
  if (override.options && override.options->empty() && is_enum) return "'options' must be a table of codes and names";
  if (override.options && !is_enum) return bits_out_of_reach(*override.options, field);
  return {};
}

void apply(const Override& override, Field& field) {
  if (override.unit) field.unit = *override.unit;
  if (override.title) field.title = *override.title;
  apply_numbers(override, field);
  if (override.sign) field.sign = *override.sign;
  if (override.prominence) field.prominence = *override.prominence;
  if (override.options) field.options = *override.options;
  if (override.absent) field.absent = *override.absent;
}

std::string missing_parameter(const Block& block, const Model& model) {
  std::string missing = missing_in(block.fields, model);
  for (auto group = block.groups.begin(); missing.empty() && group != block.groups.end(); ++group) {
    missing = missing_in(group->fields, model);
  }
  return missing;
}

Block specialised(Block block, const Model& model) {
  for (const Override& override : model.overrides) {
    Field* field = override.block == block.id ? find_field(block, override.field) : nullptr;
    if (field != nullptr && refusal(override, *field).empty()) apply(override, *field);
  }
  each_field(block, [&model](Field& field) { put_parameters_in(field, model); });
  if (block.way == Way::lan && !model.lan.unserved.empty()) drop_unserved(block, model.lan);
  return block;
}

}  // namespace bluetti::schemas
