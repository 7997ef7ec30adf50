// SPDX-License-Identifier: MIT
#include "schemas/setting_rules.h"

#include <algorithm>

#include "schemas/reader.h"

namespace bluetti::schemas {
namespace {

template <typename T>
const T* find_writable(const std::vector<T>& items, std::string_view name) {
  const auto found = std::ranges::find_if(items, [name](const T& item) { return item.write && item.name == name; });
  return found == items.end() ? nullptr : &*found;
}

template <typename Use>
void each_block(const Model& model, Way way, const std::map<std::uint16_t, Block>& blocks, Use use) {
  for (const std::uint16_t id : model.blocks_by(way)) {
    const auto block = blocks.find(id);
    if (block != blocks.end()) use(block->second);
  }
}

template <typename T>
void take_over(std::optional<T>& value, const std::optional<T>& other) {
  if (!value) value = other;
}

}  // namespace

const Field* find_part(const Group& group, std::string_view name) {
  const auto found = std::ranges::find(group.fields, name, &Field::name);
  return found == group.fields.end() ? nullptr : &*found;
}

int registers_of_item(const Group& group) {
  int end = 0;
  for (const Field& field : group.fields) end = std::max(end, field.offset + field.size);
  return (end + 1) / 2;
}

int registers_of(const Field& field) {
  return (field.offset + field.size - 1) / 2 - field.offset / 2 + 1;
}

int WriteTarget::end_byte() const {
  return field != nullptr ? field->offset + field->size : group->offset + group->count * group->stride;
}

std::optional<WriteTarget> find_target(const Model& model, const std::map<std::uint16_t, Block>& blocks,
                                       const SettingRule& line) {
  const std::string_view name = line.field;
  std::optional<WriteTarget> target;
  each_block(model, line.way, blocks, [&](const Block& block) {
    if (target) return;
    const Field* field = find_writable(block.fields, name);
    const Group* group = field == nullptr ? find_writable(block.groups, name) : nullptr;
    if (field != nullptr || group != nullptr) target = WriteTarget{.block = &block, .field = field, .group = group};
  });
  return target;
}

std::vector<std::string> target_names(const Model& model, Way way, const std::map<std::uint16_t, Block>& blocks) {
  std::vector<std::string> names;
  const auto add = [&names](const auto& item) {
    if (item.write) names.push_back(item.name);
  };
  each_block(model, way, blocks, [&add](const Block& block) {
    std::ranges::for_each(block.fields, add);
    std::ranges::for_each(block.groups, add);
  });
  return names;
}

WriteRule merged(const WriteRule& row, const WriteRule& setting, const WriteRule& model) {
  WriteRule rule = setting;
  take_over(rule.min, row.min);
  take_over(rule.max, row.max);
  take_over(rule.step, row.step);
  take_over(rule.function, row.function);
  take_over(rule.unit, row.unit);
  take_over(rule.unit, model.unit);
  take_over(rule.settle, row.settle);
  take_over(rule.settle, model.settle);
  if (rule.options.empty()) rule.options = row.options;
  if (rule.consent.empty()) rule.consent = row.consent;
  rule.requirements.insert(rule.requirements.begin(), row.requirements.begin(), row.requirements.end());
  return rule;
}

std::string mistake_in_kind(const Field& field, const WriteRule& rule) {
  const bool bounded = rule.min || rule.max || rule.step;
  if (bounded && !field.is_numeric()) return "'min', 'max' and 'step' belong to numbers";
  return !rule.options.empty() && field.type != Type::enumeration ? "'options' belong to the type enum" : "";
}

std::string mistake_in_time_slot(const WriteRule& rule) {
  const bool narrowed = rule.min || rule.max || rule.step || !rule.options.empty() || !rule.requirements.empty();
  return narrowed ? "a time slot has no bounds, options and conditions of its own" : "";
}

std::string unknown_option(const Field& field, std::span<const std::string> names) {
  std::vector<std::string_view> known;
  for (const Option& option : field.options) known.push_back(option.name);
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return in_quotes(field.name) + " has no option " + in_quotes(name) + suggestion(name, known);
  }
  return {};
}

}  // namespace bluetti::schemas
