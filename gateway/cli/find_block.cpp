// SPDX-License-Identifier: MIT
#include "gateway/cli/find_block.h"

namespace bluetti::gateway::cli {

const schemas::Block* find_block(const schemas::Catalog& catalog, const schemas::Model& model, std::uint16_t address) {
  if (const schemas::Block* block = catalog.block(address)) return block;
  for (const std::uint16_t id : model.blocks) {
    const schemas::Block* block = catalog.block(id);
    if (block && address > id && address - id < model.registers_of(*block)) return block;
  }
  return catalog.block_at(address);
}

}  // namespace bluetti::gateway::cli
