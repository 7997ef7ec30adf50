// SPDX-License-Identifier: MIT
#include "gateway/station/block_state.h"

#include <algorithm>
#include <utility>

#include "gateway/station/block_read.h"
#include "gateway/station/clock_drift.h"

namespace bluetti::gateway {
namespace {

bool take_counts(BlockState& block) {
  bool changed = false;
  for (std::size_t group = 0; group < block.incoming->group_counts.size(); ++group) {
    const int count = block.incoming->group_counts[group];
    if (count >= 0) changed |= std::exchange(block.current.group_counts[group], count) != count;
  }
  return changed;
}

// Of the values that were known before, a sample that is only a part of the block leaves some as they were.
void note_times(BlockState& block, TimePoint at) {
  const auto& incoming = block.incoming->values;
  bool is_part = false;
  for (std::size_t slot = 0; slot < incoming.size() && !is_part; ++slot) {
    is_part = incoming[slot].kind == schemas::ValueKind::missing &&
              block.current.values[slot].kind != schemas::ValueKind::missing;
  }
  if (!is_part) {
    block.read_at.clear();
  } else if (block.read_at.empty()) {
    block.read_at.assign(incoming.size(), block.updated);
  }
  block.updated = at;
  for (std::size_t slot = 0; slot < block.read_at.size(); ++slot) {
    if (incoming[slot].kind != schemas::ValueKind::missing) block.read_at[slot] = at;
  }
}

// A group of several versions tells the first.
bool tells_firmware(const schemas::Slot& slot, const schemas::Value& value) {
  return slot.field->kind == kFirmware && slot.item <= 1 && value.kind == schemas::ValueKind::numeral;
}

}  // namespace

BlockState::BlockState(SharedDecoder made, const schemas::Model& model, const std::optional<schemas::LanPlace>& place)
    : decoder(std::move(made.decoder)),
      incoming(std::move(made.scratch)),
      current(decoder->make_row()),
      energies(*decoder),
      instance(place ? place->instance : 1),
      unit(place ? place->unit : model.unit_of(block())),
      registers(model.registers_of(block())),
      extent(std::max(registers, block().extent())),
      limit(registers) {
  if (block().way == schemas::Way::lan) runs.emplace(block(), model.lan);
}

bool BlockState::has_spoken() const {
  return std::ranges::any_of(current.values,
                             [](const auto& value) { return value.kind != schemas::ValueKind::missing; });
}

std::size_t BlockState::expected_size() const {
  return answer_size != 0 ? answer_size : 2 * static_cast<std::size_t>(limit);
}

bool BlockState::answers_with(std::size_t size) const {
  const int end = static_cast<int>(expected_size() / 2);
  BlockRead read(block(), end);
  while (true) {
    const BlockRead::Part part = read.part();
    if (2 * static_cast<std::size_t>(part.count) == size) return true;
    if (!read.on_answer(part.count)) return false;
  }
}

void BlockState::begin_session() {
  refused = false;
  limit = registers;
  pushed = busy = silent = 0;
  doubted = 0;
  vain_since.reset();
  if (runs) runs->begin_session();
}

Taken take(BlockState& block, const Sample& sample, std::vector<std::uint32_t>& changed,
           std::vector<CounterNotice>& notices) {
  schemas::Row& incoming = *block.incoming;
  incoming.firmware = sample.firmware;
  block.decoder->decode(sample.data, sample.first_byte, incoming);
  if (const auto needed = block.decoder->needed();
      needed && incoming.values[*needed].kind != schemas::ValueKind::missing) {
    block.is_empty = !incoming.values[*needed].present();
  }
  if (block.is_empty) {
    block.updated = sample.at;
    block.read_at.clear();
    forget(block, changed);
    return {};
  }
  block.energies.review(incoming, sample.at, sample.longest_gap, notices);
  if (sample.wall) put_drifts(block.decoder->drifts(), *sample.wall, incoming);
  note_times(block, sample.at);
  Taken taken{.implausible = incoming.implausible};
  for (std::size_t slot = 0; slot < incoming.values.size(); ++slot) {
    const schemas::Value& value = incoming.values[slot];
    schemas::Value& known = block.current.values[slot];
    if (value.kind == schemas::ValueKind::missing) continue;
    if (schemas::Row::same(incoming, value, block.current, known)) continue;
    taken.shape_changed |= known.kind == schemas::ValueKind::missing;
    taken.shape_changed |= value.present() && block.decoder->slots()[slot].field->kind == kFirmware;
    if (tells_firmware(block.decoder->slots()[slot], value)) {
      taken.firmware = static_cast<double>(value.integer) / schemas::kPowersOfTen[value.decimals];
    }
    if (value.kind == schemas::ValueKind::text) {
      std::copy_n(incoming.text.begin() + value.text_offset, value.text_length,
                  block.current.text.begin() + value.text_offset);
    }
    known = value;
    changed.push_back(static_cast<std::uint32_t>(slot));
  }
  taken.shape_changed |= take_counts(block);
  return taken;
}

void leave(BlockState& block, std::vector<std::uint32_t>& changed) {
  block.in_use = false;
  for (std::size_t slot = 0; slot < block.current.values.size(); ++slot) {
    schemas::Value& known = block.current.values[slot];
    if (block.shared[slot]) {
      known.kind = schemas::ValueKind::missing;
    } else if (known.kind != schemas::ValueKind::missing) {
      if (known.present()) changed.push_back(static_cast<std::uint32_t>(slot));
      known.kind = schemas::ValueKind::absent;
    }
  }
}

void forget(BlockState& block, std::vector<std::uint32_t>& changed) {
  for (std::size_t slot = 0; slot < block.current.values.size(); ++slot) {
    schemas::Value& known = block.current.values[slot];
    if (known.present()) changed.push_back(static_cast<std::uint32_t>(slot));
    if (known.kind != schemas::ValueKind::missing) known.kind = schemas::ValueKind::absent;
  }
}

}  // namespace bluetti::gateway
