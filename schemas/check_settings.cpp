// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "schemas/override.h"
#include "schemas/parse.h"
#include "schemas/setting_rules.h"

namespace bluetti::schemas {
namespace {

// What is wrong with one line of the allow-list; empty: nothing. The row's own rule has passed check_writes() already.
std::string mistake_in_bounds(const Field& field, const WriteRule& own, const WriteRule& rule) {
  if (!field.scales.empty()) return "a value whose scale depends on the software cannot be written";
  if (std::string mistake = mistake_in_kind(field, own); !mistake.empty()) return mistake;
  if (rule.min && rule.max && *rule.min > *rule.max) return "'min' is greater than 'max'";
  return unknown_option(field, rule.options);
}

// A row outside groups with the model's overrides.
Field of_model(Field field, const Block& block, const Model& model) {
  for (const Override& override : model.overrides) {
    const bool is_meant = override.block == block.id && override.field == field.name;
    if (is_meant && refusal(override, field).empty()) apply(override, field);
  }
  return field;
}

std::string mistake_in_requirements(const Block& block, const Model& model, const WriteRule& rule) {
  for (const Requirement& requirement : rule.requirements) {
    const Field* other = block.field(requirement.field);
    if (other == nullptr) return "block " + std::to_string(block.id) + " has no field " + in_quotes(requirement.field);
    if (requirement.kind == Requirement::Kind::is && other->type == Type::enumeration) {
      std::string unknown = unknown_option(of_model(*other, block, model), requirement.values);
      if (!unknown.empty()) return unknown;
    }
  }
  return {};
}

int registers_of(const WriteTarget& target) {
  return target.group != nullptr ? registers_of_item(*target.group) : registers_of(*target.field);
}

// Only what is read can be proven.
std::string mistake_in_place(const Model& model, const WriteTarget& target, const WriteRule& rule) {
  if (registers_of(target) > 1 && rule.function.value_or(16) != 16) return "function 6 writes one register";
  const int served = model.registers_of(*target.block);
  if (target.end_byte() <= 2 * served) return {};
  return "of block " + std::to_string(target.block->id) + " this model has " + std::to_string(served) +
         " registers, so that this one could not be read back";
}

std::string mistake_in(const SettingRule& line, const Model& model, const WriteTarget& target) {
  const WriteRule rule = merged(target.rule(), line.write, model.write);
  std::string mistake = mistake_in_place(model, target, rule);
  if (!mistake.empty()) return mistake;
  if (target.group != nullptr) return mistake_in_time_slot(line.write);
  mistake = mistake_in_bounds(of_model(*target.field, *target.block, model), line.write, rule);
  return mistake.empty() ? mistake_in_requirements(*target.block, model, rule) : mistake;
}

}  // namespace

void check_settings(const Model& model, const std::map<std::uint16_t, Block>& blocks, std::vector<Problem>& problems) {
  std::set<std::pair<Way, std::string_view>> seen;
  for (const SettingRule& line : model.settings) {
    const auto refuse = [&](std::string message) { problems.push_back({line.where, std::move(message)}); };
    if (!seen.insert({line.way, line.field}).second) refuse(in_quotes(line.field) + " is a setting already");
    if (const auto target = find_target(model, blocks, line)) {
      std::string mistake = mistake_in(line, model, *target);
      if (!mistake.empty()) refuse(in_quotes(line.field) + ": " + std::move(mistake));
      continue;
    }
    const auto names = target_names(model, line.way, blocks);
    const std::vector<std::string_view> known(names.begin(), names.end());
    refuse("no block of this model has a field " + in_quotes(line.field) + " with 'write'" +
           suggestion(line.field, known));
  }
}

}  // namespace bluetti::schemas
