// SPDX-License-Identifier: MIT
// Fills the registers of one block of one model through its schema. Compiled once per model, shared by its stations;
// immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gateway/simulator/source.h"

namespace bluetti::gateway::simulator {

// What is in the slot of a block of which there are several.
enum class Slotted : std::uint8_t { everything, serial_number_only, nothing };

class BlockWriter {
 public:
  BlockWriter(const schemas::Block& block, const schemas::Model& model);
  BlockWriter(const schemas::Block& block, const schemas::Model& model, const schemas::LanPlace& place,
              Slotted slotted);

  [[nodiscard]] const schemas::Decoder& decoder() const { return decoder_; }
  [[nodiscard]] std::uint16_t first_register() const { return decoder_.block().id; }
  [[nodiscard]] std::uint16_t registers() const { return registers_; }
  [[nodiscard]] std::uint8_t unit() const { return unit_; }

  // Everything, into zeroed registers.
  void write_all(const Identity& identity, const Day& day, std::span<std::byte> data) const;
  // What the day changes, into registers that have been written as a whole before.
  void write_changing(const Day& day, std::span<std::byte> data) const;

 private:
  struct Entry {
    std::size_t slot = 0;
    Source source;
  };

  void add_structure();
  void add_values(const schemas::Row& row);
  void write(const Entry& entry, const Identity& identity, const Day& day, std::span<std::byte> data) const;

  schemas::Decoder decoder_;
  std::uint16_t registers_;
  std::uint8_t unit_;
  std::vector<Entry> steady_;  // the structure first: counts place the groups behind them
  std::vector<Entry> changing_;
};

}  // namespace bluetti::gateway::simulator
