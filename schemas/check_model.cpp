// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <set>

#include "schemas/override.h"
#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

using Blocks = std::map<std::uint16_t, Block>;

// Poll groups a model may set before there is a block in them.
constexpr std::array<std::string_view, 7> kPollGroups{"core",     "grid",     "battery", "cells",
                                                      "inverter", "settings", "module"};

void require_block(const Blocks& blocks, std::uint16_t id, const Location& where, std::vector<Problem>& problems) {
  if (!blocks.contains(id)) problems.push_back({where, "there is no block " + std::to_string(id)});
}

void check_way(const Model& model, Way way, const Blocks& blocks, const Location& where,
               std::vector<Problem>& problems) {
  for (const std::uint16_t id : model.blocks_by(way)) {
    require_block(blocks, id, where, problems);
    const auto block = blocks.find(id);
    if (block == blocks.end() || block->second.way == way) continue;
    problems.push_back(
        {where, "block " + std::to_string(id) + " is read by another way: " + std::string(name_of(block->second.way))});
  }
}

void check_further_units(const Model& model, const Blocks& blocks, const Location& where,
                         std::vector<Problem>& problems) {
  for (const auto& [id, units] : model.lan.further_units) {
    const auto block = blocks.find(id);
    const bool is_read = std::ranges::find(model.lan.blocks, id) != model.lan.blocks.end();
    if (is_read && block != blocks.end() && !block->second.instance.empty()) continue;
    problems.push_back({where, "'further_units': block " + std::to_string(id) + " is not read, or has no 'instance'"});
  }
  for (const auto& [id, units] : model.lan.further_units) {
    std::set<std::uint8_t> seen{model.lan.unit_of(id)};
    for (const std::uint8_t unit : units) {
      if (seen.insert(unit).second) continue;
      problems.push_back(
          {where, "'further_units': block " + std::to_string(id) + " has the unit " + std::to_string(unit) + " twice"});
    }
  }
}

bool has_row_at(const Block& block, int address) {
  const auto begins_there = [&](const Field& field, int base) {
    return !field.is_derived() && block.id + (base + field.offset) / 2 == address;
  };
  if (std::ranges::any_of(block.fields, [&](const Field& field) { return begins_there(field, 0); })) return true;
  return std::ranges::any_of(block.groups, [&](const Group& group) {
    for (int item = 0; item < group.max; ++item) {
      const int base = group.offset + item * group.stride;
      if (std::ranges::any_of(group.fields, [&](const Field& field) { return begins_there(field, base); })) return true;
    }
    return false;
  });
}

// One that means no row is a slip, and the row that was meant is read.
void check_unserved(const LanPlan& lan, const Blocks& blocks, const Location& where, std::vector<Problem>& problems) {
  for (const std::uint16_t address : lan.unserved) {
    const bool is_there = std::ranges::any_of(lan.blocks, [&](std::uint16_t id) {
      const auto block = blocks.find(id);
      return block != blocks.end() && has_row_at(block->second, address);
    });
    if (is_there) continue;
    problems.push_back({where, "'unserved': no row of its blocks begins at " + std::to_string(address)});
  }
}

void check_poll(const Node& document, const Model& model, const Blocks& blocks, std::vector<Problem>& problems) {
  std::vector<std::string_view> groups(kPollGroups.begin(), kPollGroups.end());
  for (const auto& [id, block] : blocks) groups.push_back(block.poll);
  for (const auto& [group, seconds] : model.poll) {
    if (std::find(groups.begin(), groups.end(), group) != groups.end()) continue;
    problems.push_back(
        {place_of(document, "poll"), "no block is in the poll group " + in_quotes(group) + suggestion(group, groups)});
  }
  for (const auto& [id, seconds] : model.poll_block) {
    require_block(blocks, id, place_of(document, "poll"), problems);
  }
}

void check_override(const Override& override, const Blocks& blocks, std::vector<Problem>& problems) {
  const auto found = blocks.find(override.block);
  if (found == blocks.end()) return require_block(blocks, override.block, override.where, problems);
  const Block& block = found->second;
  if (const Field* field = find_field(block, override.field)) {
    const std::string message = refusal(override, *field);
    if (!message.empty()) problems.push_back({override.where, message});
    return;
  }
  const auto names = field_names(block);
  const std::vector<std::string_view> known(names.begin(), names.end());
  problems.push_back({override.where, "block " + std::to_string(override.block) + " has no field " +
                                          in_quotes(override.field) + suggestion(override.field, known)});
}

void check_parameters(const Model& model, const Blocks& blocks, std::vector<Problem>& problems) {
  std::vector<std::uint16_t> ids = model.blocks;
  ids.insert(ids.end(), model.lan.blocks.begin(), model.lan.blocks.end());
  for (const std::uint16_t id : ids) {
    const auto block = blocks.find(id);
    const std::string missing = block == blocks.end() ? std::string() : missing_parameter(block->second, model);
    if (missing.empty()) continue;
    problems.push_back({model.where, "block " + std::to_string(id) + " needs the parameter " + in_quotes(missing)});
  }
}

}  // namespace

void check_model(const Node& document, const Model& model, const Blocks& blocks, std::vector<Problem>& problems) {
  check_way(model, Way::cloud, blocks, place_of(document, "blocks"), problems);
  check_way(model, Way::lan, blocks, place_of(document, "lan"), problems);
  check_further_units(model, blocks, place_of(document, "lan"), problems);
  check_unserved(model.lan, blocks, place_of(document, "lan"), problems);
  for (const auto& [id, count] : model.registers) {
    require_block(blocks, id, place_of(document, "registers"), problems);
  }
  check_poll(document, model, blocks, problems);
  for (const Override& override : model.overrides) check_override(override, blocks, problems);
  if (!model.is_abstract) check_parameters(model, blocks, problems);
  check_settings(model, blocks, problems);
}

}  // namespace bluetti::schemas
