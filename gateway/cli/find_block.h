// SPDX-License-Identifier: MIT
// Which block of a model a register belongs to. The two generations of stations use the same addresses for different
// things, so a block that only stations of the other one are known to have is never taken. One that no model reads may
// be either's.
#pragma once

#include <cstdint>
#include <vector>

#include "schemas/catalog.h"

namespace bluetti::gateway::cli {

// The block that begins here, else the model's that has this register, else any that has it. nullptr: none.
[[nodiscard]] const schemas::Block* find_block(const schemas::Catalog& catalog, const schemas::Model& model,
                                               std::uint16_t address);

// All blocks that have fields within so many registers from this address on, in the order of their registers: the one
// above, if any, and those that begin behind it.
[[nodiscard]] std::vector<const schemas::Block*> find_blocks(const schemas::Catalog& catalog,
                                                             const schemas::Model& model, std::uint16_t address,
                                                             int registers);

// Any station of the generation that has this register; of the second, where both do. nullptr: neither does.
[[nodiscard]] const schemas::Model* model_for(const schemas::Catalog& catalog, std::uint16_t address);

}  // namespace bluetti::gateway::cli
