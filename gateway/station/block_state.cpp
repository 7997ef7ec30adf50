// SPDX-License-Identifier: MIT
#include "gateway/station/block_state.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "gateway/station/block_read.h"
#include "gateway/station/clock_drift.h"

namespace bluetti::gateway {
namespace {

bool take_counts(const schemas::Row& incoming, schemas::Row& known) {
  bool changed = false;
  for (std::size_t group = 0; group < incoming.group_counts.size(); ++group) {
    const int count = incoming.group_counts[group];
    if (count >= 0) changed |= std::exchange(known.group_counts[group], count) != count;
  }
  return changed;
}

// Of the values that were known before, a sample that is only a part of the block leaves some as they were.
void note_times(BlockState& block, const schemas::Row& known, TimePoint at) {
  const auto& incoming = block.scratch->incoming.values;
  bool is_part = false;
  for (std::size_t slot = 0; slot < incoming.size() && !is_part; ++slot) {
    is_part =
        incoming[slot].kind == schemas::ValueKind::missing && known.values[slot].kind != schemas::ValueKind::missing;
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

// Never 0.
std::size_t digest_of(const Sample& sample) {
  const std::string_view bytes(reinterpret_cast<const char*>(sample.data.data()), sample.data.size());
  std::size_t digest = std::hash<std::string_view>{}(bytes);
  digest = digest * 31 + static_cast<std::size_t>(sample.first_byte);
  digest = digest * 31 + std::hash<double>{}(sample.firmware);
  return digest | 1U;
}

schemas::Row& known_of(const BlockState& block) {
  Scratch& scratch = *block.scratch;
  if (scratch.known_of != block.kept.place()) {
    block.kept.unpack(scratch.known);
    scratch.known_of = block.kept.place();
  }
  return scratch.known;
}

// What was changed in the row of known_of().
void keep(BlockState& block) {
  block.kept.pack(block.scratch->known);
  block.scratch->known_of = block.kept.place();
}

// A group of several versions tells the first.
bool tells_firmware(const schemas::Slot& slot, const schemas::Value& value) {
  return slot.field->kind == kFirmware && slot.item <= 1 && value.kind == schemas::ValueKind::numeral;
}

}  // namespace

BlockState::BlockState(SharedDecoder made, const schemas::Model& model, const std::optional<schemas::LanPlace>& place)
    : decoder(std::move(made.decoder)),
      scratch(std::move(made.scratch)),
      energies(*decoder),
      instance(place ? place->instance : 1),
      unit(place ? place->unit : model.unit_of(block())),
      registers(model.registers_of(block())),
      extent(std::max(registers, block().extent())),
      limit(registers) {
  if (block().way == schemas::Way::lan) runs = std::make_unique<Runs>(block(), model.lan);
}

const schemas::Row& BlockState::current() const {
  return known_of(*this);
}

bool BlockState::has_spoken() const {
  return std::ranges::any_of(current().values,
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
  const std::size_t digest = digest_of(sample);
  if (digest == block.digest) {
    block.updated = sample.at;
    return {.implausible = block.implausible};
  }
  block.digest = 0;
  schemas::Row& incoming = block.scratch->incoming;
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
  schemas::Row& current = known_of(block);
  note_times(block, current, sample.at);
  const std::size_t before = changed.size();
  Taken taken{.implausible = incoming.implausible};
  for (std::size_t slot = 0; slot < incoming.values.size(); ++slot) {
    const schemas::Value& value = incoming.values[slot];
    schemas::Value& known = current.values[slot];
    if (value.kind == schemas::ValueKind::missing) continue;
    if (schemas::Row::same(incoming, value, current, known)) continue;
    taken.shape_changed |= known.kind == schemas::ValueKind::missing;
    taken.shape_changed |= value.present() && block.decoder->slots()[slot].field->kind == kFirmware;
    if (tells_firmware(block.decoder->slots()[slot], value)) {
      taken.firmware = static_cast<double>(value.integer) / schemas::kPowersOfTen[value.decimals];
    }
    if (value.kind == schemas::ValueKind::text) {
      std::copy_n(incoming.text.begin() + value.text_offset, value.text_length,
                  current.text.begin() + value.text_offset);
    }
    known = value;
    changed.push_back(static_cast<std::uint32_t>(slot));
  }
  const bool counts_changed = take_counts(incoming, current);
  taken.shape_changed |= counts_changed;
  if (changed.size() > before || counts_changed) keep(block);
  const bool is_lasting = block.read_at.empty() && block.decoder->drifts().empty() && block.energies.is_settled();
  if (is_lasting) block.digest = digest;
  block.implausible = taken.implausible;
  return taken;
}

void leave(BlockState& block, std::vector<std::uint32_t>& changed) {
  block.in_use = false;
  block.digest = 0;
  schemas::Row& current = known_of(block);
  for (std::size_t slot = 0; slot < current.values.size(); ++slot) {
    schemas::Value& known = current.values[slot];
    if (block.is_shared(slot)) {
      known.kind = schemas::ValueKind::missing;
    } else if (known.kind != schemas::ValueKind::missing) {
      if (known.present()) changed.push_back(static_cast<std::uint32_t>(slot));
      known.kind = schemas::ValueKind::absent;
    }
  }
  keep(block);
}

void forget(BlockState& block, std::vector<std::uint32_t>& changed) {
  block.digest = 0;
  schemas::Row& current = known_of(block);
  for (std::size_t slot = 0; slot < current.values.size(); ++slot) {
    schemas::Value& known = current.values[slot];
    if (known.present()) changed.push_back(static_cast<std::uint32_t>(slot));
    if (known.kind != schemas::ValueKind::missing) known.kind = schemas::ValueKind::absent;
  }
  keep(block);
}

}  // namespace bluetti::gateway
