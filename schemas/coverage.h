// SPDX-License-Identifier: MIT
// Which bytes of a block's data its fields read, and which nobody has explained yet: for those who write schema files.
// A byte counts as claimed if any of its bits is read. Fields that the model does not have, items beyond a group's
// count and values that the data holds only in part claim nothing.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "schemas/decoder.h"

namespace bluetti::schemas {

// Neighbouring bytes with the same owners. What nobody owns is cut between registers that are zero and those that are
// not.
struct CoveredRange {
  int offset = 0;  // bytes from the start of the block
  std::span<const std::byte> bytes;
  std::vector<const Slot*> owners;  // of the decoder; empty: unclaimed
  bool zero = true;                 // every byte is
};

struct Coverage {
  std::vector<CoveredRange> ranges;  // side by side, all of the data
  std::size_t claimed = 0;           // bytes
  std::size_t unclaimed_not_zero = 0;
};

// `first` as for Decoder::decode. The result refers to `decoder` and `data`.
[[nodiscard]] Coverage coverage_of(const Decoder& decoder, std::span<const std::byte> data, int first);

}  // namespace bluetti::schemas
