// SPDX-License-Identifier: MIT
// Where the value of one slot comes from: what its row's `simulate` key says, or a steady plausible value of its type
// and unit that depends on the station's seed and the slot's path alone.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gateway/simulator/day.h"
#include "schemas/decoder.h"

namespace bluetti::gateway::simulator {

// What tells one simulated station from another.
struct Identity {
  std::string model;
  std::string serial;
  std::uint64_t seed = 0;
};

// A whole number from `low` to `high` that stays the same for a station.
struct SteadyNumber {
  double low = 0;
  double high = 0;
};

// One of these that stays the same for a station.
struct SteadyCode {
  std::vector<std::int64_t> codes;
};

// A quantity of the identity: model, serial or firmware.
struct IdentityText {
  Quantity quantity = Quantity::model;
};

// A quantity of the day, times `factor` plus `offset`.
struct Changing {
  Quantity quantity = Quantity::soc;
  double factor = 1;
  double offset = 0;
};

using Source = std::variant<schemas::Simulated, SteadyNumber, SteadyCode, IdentityText, Changing>;

// `items` is how many of a kind share what the station has: the items of the slot's group, or 1.
[[nodiscard]] Source source_of(const schemas::Slot& slot, int items);

// Monostate: leave the register alone.
[[nodiscard]] schemas::Simulated value_of(const Source& source, const schemas::Slot& slot, const Identity& identity,
                                          const Day& day);

}  // namespace bluetti::gateway::simulator
