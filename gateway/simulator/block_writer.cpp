// SPDX-License-Identifier: MIT
#include "gateway/simulator/block_writer.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace bluetti::gateway::simulator {
namespace {

using schemas::Block;
using schemas::Row;
using schemas::Slot;

// Others depend on it for good: the count of a group, or the condition of a row, unless the day changes that.
bool is_structure(const Slot& slot, const Block& block) {
  const bool changes = std::holds_alternative<Changing>(source_of(slot, 1));
  const auto depends = [&](const schemas::Field& field) {
    return !changes && field.when && field.when->field == slot.field->name;
  };
  if (slot.group != nullptr) return false;
  return std::ranges::any_of(block.fields, depends) || std::ranges::any_of(block.groups, [&](const auto& group) {
           return std::ranges::find(group.count_fields, slot.field->name) != group.count_fields.end() ||
                  std::ranges::any_of(group.fields, depends);
         });
}

// A condition that the day changes may hold later.
bool may_hold(const schemas::Condition& condition, std::span<const Slot> slots, const Block& block, const Row& row) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].group != nullptr || slots[i].field->name != condition.field) continue;
    if (!is_structure(slots[i], block)) return true;
    return row.values[i].present() &&
           std::ranges::find(condition.codes, row.values[i].integer) != condition.codes.end();
  }
  return false;
}

// How many items the slot's group has.
int items_of(const Slot& slot, const Block& block, const Row& row) {
  const auto group = std::ranges::find(block.groups, slot.group->name, &schemas::Group::name);
  return row.group_counts[static_cast<std::size_t>(group - block.groups.begin())];
}

}  // namespace

BlockWriter::BlockWriter(const Block& block, const schemas::Model& model)
    : BlockWriter(block, model, {.block = block.id, .instance = 1, .unit = model.unit_of(block)}, Slotted::everything) {
}

BlockWriter::BlockWriter(const Block& block, const schemas::Model& model, const schemas::LanPlace& place,
                         Slotted slotted)
    : decoder_(block, model, place.instance),
      registers_(static_cast<std::uint16_t>(model.registers_of(block))),
      unit_(place.unit) {
  add_structure();
  Row row = decoder_.make_row();
  std::vector<std::byte> data(std::size_t{2} * registers_);
  for (const Entry& entry : steady_) write(entry, {}, Day{0}, data);
  decoder_.decode(data, 0, row);
  add_values(row);
  if (slotted == Slotted::everything) return;
  changing_.clear();
  std::erase_if(steady_, [&](const Entry& entry) {
    return slotted == Slotted::nothing || decoder_.slots()[entry.slot].field->type != schemas::Type::serial;
  });
}

// The same on every station of the model, so that the places of all values are known once for all.
void BlockWriter::add_structure() {
  const auto slots = decoder_.slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (!is_structure(slots[i], decoder_.block())) continue;
    steady_.push_back({i, value_of(source_of(slots[i], 1), slots[i], {}, Day{0})});
  }
}

void BlockWriter::add_values(const Row& row) {
  const auto slots = decoder_.slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& slot = slots[i];
    const bool grouped = slot.group != nullptr && !slot.group->is_record();
    const int items = grouped ? items_of(slot, decoder_.block(), row) : 1;
    if (is_structure(slot, decoder_.block()) || (grouped && slot.item > items)) continue;
    if (slot.field->is_derived()) continue;
    if (slot.field->when && !may_hold(*slot.field->when, slots, decoder_.block(), row)) continue;
    Entry entry{i, source_of(slot, items)};
    auto& entries = std::holds_alternative<Changing>(entry.source) ? changing_ : steady_;
    entries.push_back(std::move(entry));
  }
}

void BlockWriter::write_all(const Identity& identity, const Day& day, std::span<std::byte> data) const {
  for (const Entry& entry : steady_) write(entry, identity, day, data);
  write_changing(day, data);
}

void BlockWriter::write_changing(const Day& day, std::span<std::byte> data) const {
  static const Identity kNobody;
  for (const Entry& entry : changing_) write(entry, kNobody, day, data);
}

void BlockWriter::write(const Entry& entry, const Identity& identity, const Day& day, std::span<std::byte> data) const {
  const schemas::Simulated value = value_of(entry.source, decoder_.slots()[entry.slot], identity, day);
  if (decoder_.encode(entry.slot, value, data)) return;
  // A register without a sign shows how much flows, whichever way. Others may lie beyond what the model has.
  if (const auto* number = std::get_if<double>(&value); number != nullptr && *number < 0) {
    static_cast<void>(decoder_.encode(entry.slot, std::abs(*number), data));
  }
}

}  // namespace bluetti::gateway::simulator
