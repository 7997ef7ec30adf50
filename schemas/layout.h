// SPDX-License-Identifier: MIT
// Where values are published, and which bits of the block's bytes a field takes.
#pragma once

#include <string>
#include <vector>

#include "schemas/schema.h"

namespace bluetti::schemas {

// `item` counts from 1 within a group or array, 0 for a value that stands alone; `instance` counts blocks of a kind.
[[nodiscard]] std::string path_of(const Block& block, const Group* group, const Field& field, int item, int instance);

// The path as an identifier.
[[nodiscard]] std::string id_of(std::string path);

// All that the block publishes, as identifiers; of blocks of a kind, the first.
[[nodiscard]] std::vector<std::string> published_ids(const Block& block);

// The bits of the raw value that reach the result: what a leading chain of shifts and masks leaves.
[[nodiscard]] std::uint64_t used_bits(const Field& field);

// Which bits of each byte the field takes, from its first byte on.
[[nodiscard]] std::vector<std::uint8_t> byte_masks(const Field& field);

}  // namespace bluetti::schemas
