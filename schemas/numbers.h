// SPDX-License-Identifier: MIT
// Numbers on their way through a chain of transforms: integers stay integers, bit for bit, until a scale or a fraction
// makes them real. Nothing here throws; infinities count as 0 where an integer is wanted.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <variant>

#include "schemas/schema.h"

namespace bluetti::schemas {

// The unsigned alternative only ever holds what the signed one cannot.
using Number = std::variant<std::int64_t, std::uint64_t, double>;

[[nodiscard]] Number number_of(std::uint64_t value);
[[nodiscard]] double to_double(const Number& value);

// Cut off the fraction; two's complement of the lowest 64 bits.
[[nodiscard]] std::uint64_t to_bits(const Number& value);

// Cut off the fraction; the nearest there is if it is too large.
[[nodiscard]] std::int64_t to_integer(const Number& value);

// The double nearest to the decimal number of 6 digits nearest to `value`, a half going to the even digit of its exact
// binary value.
[[nodiscard]] double round_to_6_digits(double value);

[[nodiscard]] Number transformed(const Transform& transform, const Number& value);
[[nodiscard]] Number transformed(std::span<const Transform> chain, Number value);

[[nodiscard]] inline bool is_integral(double value) {
  return std::abs(value) < 9007199254740992.0 && value == std::trunc(value);
}

}  // namespace bluetti::schemas
