// SPDX-License-Identifier: MIT
// Which block of a model a register belongs to.
#pragma once

#include <cstdint>

#include "schemas/catalog.h"

namespace bluetti::gateway::cli {

// The block that begins here, else the model's that has this register, else any that has it. nullptr: none.
[[nodiscard]] const schemas::Block* find_block(const schemas::Catalog& catalog, const schemas::Model& model,
                                               std::uint16_t address);

}  // namespace bluetti::gateway::cli
