// SPDX-License-Identifier: MIT
// A block compiled for one model: a flat plan of typed steps that turns register bytes into a row of values. Compiled
// once, immutable, usable from any thread; each caller brings its own row. Never reads past the data and never throws
// on data, whatever the bytes and their number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schemas/schema.h"
#include "schemas/value.h"

namespace bluetti::schemas {

// One value that a row can hold.
struct Slot {
  const Field* field = nullptr;  // after the model's overrides; owned by the decoder
  const Group* group = nullptr;  // nullptr: the field stands alone
  int item = 0;                  // 1-based number within the group or array; 0: not repeated
  std::string path;              // where it is published below the station: `soc`, `grid_phase/1/power`
  std::string id;                // the same as an identifier: `soc`, `grid_phase_1_power`
  int offset = 0;                // bytes from the start of the block, or of the group behind another
};

// A value that sums another one of its row up over time. Decoding leaves it missing: only the caller knows the time.
struct Summation {
  std::size_t slot = 0;
  std::size_t input = 0;  // slot of a power in W
  double factor = 1;      // from Wh to the slot's unit; negative: what is below zero counts
  std::uint8_t decimals = 0;
};

// How far a clock of the row is ahead of the true time, in s. Decoding leaves it missing: only the caller knows the
// time.
struct Drift {
  std::size_t slot = 0;
  std::size_t clock = 0;  // slot
};

struct Plan;

class Decoder {
 public:
  // `instance` numbers blocks that have several of a kind (Block::instance), from 1. The catalogue has checked block
  // and model; throws std::invalid_argument for a definition it would have refused.
  Decoder(const Block& block, const Model& model, int instance = 1);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  [[nodiscard]] const Block& block() const;
  [[nodiscard]] std::span<const Slot> slots() const;
  [[nodiscard]] std::span<const Summation> summations() const;
  [[nodiscard]] std::span<const Drift> drifts() const;
  [[nodiscard]] std::optional<std::size_t> needed() const;  // the slot of Block::needed
  [[nodiscard]] Row make_row() const;

  // Decodes `data`, whose first byte lies `first` bytes after the start of the block (negative: before it). Values the
  // data does not reach become `missing`, as do magnitudes without the code of their direction; groups whose count it
  // does not reach become `missing` as a whole; items beyond the count become `absent`.
  void decode(std::span<const std::byte> data, int first, Row& row) const;

  // Bytes from the start of the block to where this slot lies; empty where that depends on counts this row does not
  // know.
  [[nodiscard]] std::optional<int> offset_of(std::size_t slot, const Row& row) const;

  // The row as one JSON object: groups as arrays (records as objects), absent and missing as null, secrets left out.
  [[nodiscard]] std::string to_json(const Row& row) const;

  // Puts a value into the block's bytes: the inverse of decode for this slot. False where the value has no raw form, is
  // derived, or `data` (from the start of the block) is too short. Other bits of shared registers are left alone. For a
  // group behind another (`after`), the counts must have been put in before.
  bool encode(std::size_t slot, const Simulated& value, std::span<std::byte> data) const;

 private:
  std::unique_ptr<const Plan> plan_;
};

}  // namespace bluetti::schemas
