// SPDX-License-Identifier: MIT
// A row as it is kept for long, of one station among thousands: a byte for each slot, and behind it what its value
// needs, which is nothing for what is missing or absent. Written and read as a whole. Allocates only when it grows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "schemas/value.h"

namespace bluetti::schemas {

class PackedRow {
 public:
  void pack(const Row& row);

  // Into a row of the same decoder. One that was never packed has nothing but missing values.
  void unpack(Row& row) const;

  // Where it lies; nullptr: it was never packed.
  [[nodiscard]] const std::byte* place() const { return bytes_.get(); }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  std::uint32_t room_ = 0;
};

}  // namespace bluetti::schemas
