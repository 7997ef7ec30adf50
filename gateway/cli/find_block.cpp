// SPDX-License-Identifier: MIT
#include "gateway/cli/find_block.h"

#include <algorithm>

namespace bluetti::gateway::cli {
namespace {

constexpr int kSecondGeneration = 2000;  // its first protocol version

bool same_generation(const schemas::Model& a, const schemas::Model& b) {
  return (a.protocol_version < kSecondGeneration) == (b.protocol_version < kSecondGeneration);
}

bool reads(const schemas::Model& model, std::uint16_t block) {
  return model.has_block(block);
}

bool may_have(const schemas::Catalog& catalog, const schemas::Model& model, std::uint16_t block) {
  bool is_read = false;
  for (const auto& [name, other] : catalog.models()) {
    if (!reads(other, block)) continue;
    if (same_generation(other, model)) return true;
    is_read = true;
  }
  return !is_read;
}

bool holds(const schemas::Block& block, const schemas::Model& model, std::uint16_t address) {
  return address >= block.id && address - block.id < std::max(model.registers_of(block), block.extent());
}

}  // namespace

const schemas::Block* find_block(const schemas::Catalog& catalog, const schemas::Model& model, std::uint16_t address) {
  const schemas::Block* found = nullptr;
  for (const auto& [id, block] : catalog.blocks()) {
    if (!holds(block, model, address) || !may_have(catalog, model, id)) continue;
    // The nearest before it, but the model's own in any case.
    if (found == nullptr || id == address || reads(model, id) || !reads(model, found->id)) found = &block;
  }
  return found;
}

std::vector<const schemas::Block*> find_blocks(const schemas::Catalog& catalog, const schemas::Model& model,
                                               std::uint16_t address, int registers) {
  std::vector<const schemas::Block*> found;
  if (const schemas::Block* block = find_block(catalog, model, address)) found.push_back(block);
  for (const auto& [id, block] : catalog.blocks()) {
    if (id > address && id - address < registers && may_have(catalog, model, id)) found.push_back(&block);
  }
  return found;
}

const schemas::Model* model_for(const schemas::Catalog& catalog, std::uint16_t address) {
  const schemas::Model* first = catalog.model("v1");
  const schemas::Model* second = catalog.model("v2");
  if (first == nullptr || second == nullptr) return second;
  const bool begins_first = catalog.block(address) != nullptr && !may_have(catalog, *second, address);
  if (begins_first || find_block(catalog, *second, address) == nullptr) {
    return find_block(catalog, *first, address) == nullptr ? nullptr : first;
  }
  return second;
}

}  // namespace bluetti::gateway::cli
