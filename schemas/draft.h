// SPDX-License-Identifier: MIT
// A step of a plan in the making: what a row of a schema comes to, before it has its place. For compile.cpp only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "schemas/plan.h"

namespace bluetti::schemas {

inline constexpr double kLargestBias = 1e12;  // far from any overflow, whatever it is subtracted from

struct Draft {
  enum class Kind : std::uint8_t { number, bounded, other };

  Kind kind = Kind::number;
  bool whole = true;  // gathers all bits there are
  Step step;
  Bounds bounds;
  Detail detail;
};

// All of the step but its place. Chains, scales and codes are added to the plan.
[[nodiscard]] Draft make_draft(const Field& field, Plan& plan);

// How the bits of a number are read. Returns how many transforms that does already.
std::size_t add_gather(std::span<const Transform> chain, Draft& draft);

// All bits set are above what is allowed, and no fault.
void exclude_ones(Draft& draft);

}  // namespace bluetti::schemas
