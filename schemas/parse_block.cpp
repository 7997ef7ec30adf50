// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "schemas/catalog.h"
#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

// Bytes up to the end of what always lies at the same place.
int fixed_end(const Block& block) {
  int end = 0;
  for (const Field& field : block.fields) end = std::max(end, field.end());
  for (const Group& group : block.groups) {
    if (!group.after.empty() || !group.count_fields.empty()) continue;
    end = std::max(end, group.offset + (std::max(group.count, 1) - 1) * group.stride + group.item_size());
  }
  return end;
}

void read_count(TableReader& table, Group& group) {
  const Node* node = table.find("count");
  if (node != nullptr && std::holds_alternative<std::int64_t>(node->value)) {
    group.count = table.small("count", 1, kMostItems).value_or(1);
    group.max = group.count;
  } else if (node != nullptr) {
    group.count_fields = table.texts("count").value_or(std::vector<std::string>());
    if (group.count_fields.empty()) table.report("count", "'count' must be a number or name fields of the block");
  }
  if (!group.count_fields.empty()) {
    if (table.require("max")) group.max = table.small("max", 1, kMostItems).value_or(1);
  } else if (table.has("max")) {
    table.report("max", "'max' belongs to a 'count' that names fields");
  }
}

void read_group_place(TableReader& table, const Block& block, Group& group) {
  group.after = table.name("after").value_or("");
  const auto place = read_place(table, block.id);
  const bool placed = table.has("register") || table.has("offset");
  if (placed && table.has("after")) table.report("after", "'after' stands instead of 'register' and 'offset'");
  if (!placed && !table.has("after")) {
    table.report(table.where(), "a group needs one of the keys 'register', 'offset' and 'after'");
  }
  group.offset = place.value_or(0);
}

void check_group(TableReader& table, const Group& group) {
  if (group.fields.empty()) table.report("fields", "a group needs at least one field");
  if (group.stride < group.item_size() && !group.interleaved) {
    table.report(table.has("stride") ? "stride" : "stride_bytes",
                 "items of " + std::to_string(group.item_size()) + " bytes need a stride of at least as many");
  }
  if (group.interleaved && (group.count == 0 || !group.after.empty() || group.whole || group.write)) {
    table.report("interleaved",
                 "'interleaved' belongs to a group with a fixed 'count' and place, without 'whole' and "
                 "'write'");
  }
  for (const Field& field : group.fields) {
    if (group.interleaved && field.size > group.stride) {
      table.report(field.where, "the next item's value would begin inside this one: 'stride' is too short for it");
    }
    if (field.count != 0) table.report(field.where, "a field of a group cannot be an array");
    if (group.swapped_bytes && field.size != 1 && !field.is_derived()) {
      table.report(field.where, "'swapped' holds for one-byte fields only");
    }
  }
  if (group.swapped_bytes && group.offset % 2 != 0) {
    table.report("offset", "a group with 'swapped' must start with a register");
  }
}

void read_groups(TableReader& table, const RowDefaults& defaults, Block& block) {
  const Node* node = table.find("group");
  if (node == nullptr) return;
  const auto* groups = std::get_if<Node::Array>(&node->value);
  if (groups == nullptr) {
    table.report("group", "write groups as [[group]]");
    return;
  }
  for (const Node& group : *groups) block.groups.push_back(read_group(group, block, defaults, table.problems()));
}

void read_identity(TableReader& table, Block& block) {
  if (table.require("id")) block.id = static_cast<std::uint16_t>(table.small("id", 0, 65535).value_or(0));
  if (table.require("name")) block.name = table.name("name").value_or("");
  block.title = table.text("title").value_or(title_of(block.name));
  block.prefix = block.name;
  if (const auto prefix = table.text("prefix")) {
    block.prefix = *prefix;
    if (!prefix->empty() && !is_name(*prefix)) block.prefix = table.name("prefix").value_or("");
  }
  block.way = read_way(table).value_or(Way::cloud);
  if (table.require("poll")) block.poll = table.name("poll").value_or("");
  block.instance = table.name("instance").value_or("");
  block.needed = table.name("empty_without").value_or("");
  block.min_protocol_version = table.small("protocol", 0, 65535).value_or(0);
}

void read_provenance(TableReader& table, Block& block) {
  if (table.require("evidence")) block.evidence = read_evidence(table).value_or(Evidence::inferred);
  block.devices = table.texts("devices").value_or(std::vector<std::string>());
  block.source = table.text("source").value_or("");
  if (block.evidence == Evidence::verified && block.devices.empty()) {
    table.report("evidence", "'verified' needs 'devices', where it was seen");
  }
}

Block read_block_table(TableReader& table) {
  Block block;
  block.where = table.where();
  read_identity(table, block);
  read_provenance(table, block);
  RowDefaults defaults;
  defaults.order = read_order(table).value_or(Order::low_register_first);
  defaults.swapped_text = read_swapped_text(table).value_or(true);
  defaults.ones_are_absent = read_all_ones(table).value_or(false);
  defaults.evidence = block.evidence;
  defaults.min_protocol_version = block.min_protocol_version;
  defaults.title_prefix = block.instance.empty() ? block.prefix : "";
  defaults.first_register = block.id;
  table.require("fields");
  block.fields = read_fields(table, defaults);
  read_groups(table, defaults, block);
  read_derived(table, defaults, block);
  if (block.fields.empty() && block.groups.empty()) table.report("fields", "a block needs at least one field");
  block.registers = table.small("registers", 1, kMostRegisters).value_or((fixed_end(block) + 1) / 2);
  return block;
}

}  // namespace

std::optional<Evidence> read_evidence(TableReader& table) {
  constexpr auto kEvidence =
      std::to_array<Choice<Evidence>>({{"verified", Evidence::verified}, {"inferred", Evidence::inferred}});
  return table.choice<Evidence>("evidence", kEvidence);
}

std::optional<Way> read_way(TableReader& table) {
  constexpr auto kWays = std::to_array<Choice<Way>>({{"cloud", Way::cloud}, {"lan", Way::lan}});
  return table.choice<Way>("way", kWays);
}

std::optional<Prominence> read_prominence(TableReader& table) {
  constexpr auto kProminence = std::to_array<Choice<Prominence>>({{"primary", Prominence::primary},
                                                                  {"diagnostic", Prominence::diagnostic},
                                                                  {"disabled", Prominence::disabled},
                                                                  {"none", Prominence::none}});
  return table.choice<Prominence>("entity", kProminence);
}

Group read_group(const Node& node, const Block& block, RowDefaults defaults, std::vector<Problem>& problems) {
  TableReader table(node, "a group", problems);
  Group group;
  group.where = table.where();
  if (table.require("name")) group.name = table.name("name").value_or("");
  const std::string prefix = block.prefix.empty() ? "" : block.prefix + "_";
  group.topic = table.name("topic").value_or(prefix + group.name);
  group.title = table.text("title").value_or(title_of(group.topic));
  read_count(table, group);
  read_group_place(table, block, group);
  group.whole = table.boolean("whole").value_or(false);
  group.interleaved = table.boolean("interleaved").value_or(false);
  group.swapped_bytes = table.boolean("swapped").value_or(false);
  group.write = read_write_rule(table);
  if (const auto evidence = read_evidence(table)) defaults.evidence = evidence;
  if (const auto prominence = read_prominence(table)) defaults.prominence = prominence;
  defaults.min_protocol_version =
      std::max(table.small("protocol", 0, 65535).value_or(0), defaults.min_protocol_version);
  defaults.first_register = 0;
  defaults.title_prefix = group.is_record() ? group.topic : "";
  table.require("fields");
  Block item;  // its rows see each other only
  item.fields = read_fields(table, defaults);
  read_derived(table, defaults, item);
  group.fields = std::move(item.fields);
  group.stride = read_stride(table).value_or(std::max(1, group.item_size()));
  const bool has_stride = table.has("stride") || table.has("stride_bytes");
  if (group.interleaved && !has_stride) {
    table.report("interleaved", "'interleaved' needs a 'stride', from one item's value to the next item's");
  }
  check_group(table, group);
  table.finish();
  return group;
}

std::optional<Block> read_block(const Node& document, std::vector<Problem>& problems) {
  const std::size_t before = problems.size();
  TableReader table(document, "a block", problems);
  Block block = read_block_table(table);
  table.finish();
  if (problems.size() == before) check_block(block, problems);
  sort_by_place(problems, before);
  if (problems.size() != before) return std::nullopt;
  return block;
}

std::optional<Block> parse_block(std::string_view file_name, std::string_view text, std::vector<Problem>& problems) {
  const auto document = read_document(file_name, text, problems);
  if (!document) return std::nullopt;
  return read_block(*document, problems);
}

}  // namespace bluetti::schemas
