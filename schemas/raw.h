// SPDX-License-Identifier: MIT
// Raw numbers in and out of register bytes: every register high byte first, the order of registers by the kind of load.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "schemas/schema.h"

namespace bluetti::schemas {

enum class Load : std::uint8_t { none, u8, s8, u16, s16, u32_low, u32_high, s32_low, s32_high, u64_low, u64_high };

// How the number below the field is loaded; `none` for text and ipv4.
[[nodiscard]] Load load_of(const Field& field);

[[nodiscard]] inline std::uint64_t load_u16(const std::byte* at) {
  return std::to_integer<std::uint64_t>(at[0]) << 8 | std::to_integer<std::uint64_t>(at[1]);
}

// Signed numbers extended to 64 bits. Reads as many bytes as the number has.
[[nodiscard]] inline std::uint64_t load_raw(Load load, const std::byte* at) {
  const auto extended = [](auto value) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(value)); };
  const auto low_first = [at] { return load_u16(at) | load_u16(at + 2) << 16; };
  const auto high_first = [at] { return load_u16(at) << 16 | load_u16(at + 2); };
  switch (load) {
    case Load::none:
      return 0;
    case Load::u8:
      return std::to_integer<std::uint64_t>(at[0]);
    case Load::s8:
      return extended(static_cast<std::int8_t>(at[0]));
    case Load::u16:
      return load_u16(at);
    case Load::s16:
      return extended(static_cast<std::int16_t>(load_u16(at)));
    case Load::u32_low:
      return low_first();
    case Load::u32_high:
      return high_first();
    case Load::s32_low:
      return extended(static_cast<std::int32_t>(low_first()));
    case Load::s32_high:
      return extended(static_cast<std::int32_t>(high_first()));
    case Load::u64_low:
      return low_first() | load_u16(at + 4) << 32 | load_u16(at + 6) << 48;
    case Load::u64_high:
      return high_first() << 32 | load_u16(at + 4) << 16 | load_u16(at + 6);
  }
  return 0;
}

// All bits of an unsigned number of more than 8 bits.
[[nodiscard]] constexpr std::uint64_t all_ones(Load load) {
  const bool is_short = load == Load::u16;
  const bool is_long = load == Load::u64_low || load == Load::u64_high;
  return is_short ? 0xffff : is_long ? ~std::uint64_t{0} : 0xffff'ffff;
}

inline constexpr int kWindow = 4;  // bytes
[[nodiscard]] inline std::uint32_t load_window(const std::byte* at) {
  const auto byte = [at](std::size_t index) { return std::to_integer<std::uint32_t>(at[index]); };
  return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}

// A number of up to 32 bits, of either sign and either order of registers, out of the window that ends with it: turned
// until its lowest bit is the lowest, and what is not its own cut off.
struct Gather {
  std::int64_t less = 0;  // what is subtracted at last: `sign` again, and any bias
  std::int32_t from = 0;  // where the window begins
  std::uint32_t mask = ~std::uint32_t{0};
  std::uint32_t sign = 0;  // the topmost bit of a signed number, after turn and mask
  std::uint8_t turn = 0;   // bits to the right

  [[nodiscard]] std::int64_t operator()(std::uint32_t window) const {
    return static_cast<std::int64_t>((std::rotr(window, turn) & mask) ^ sign) - less;
  }
  // For a number of `size` bytes at `offset`. No window begins before 0: it ends behind the number there.
  void place(int offset, int size);
};

// Nothing if a number of 64 bits, or a mask wider than a signed number, is beyond it. `mask` of all ones: no mask.
[[nodiscard]] std::optional<Gather> gather_of(Load load, unsigned shift, std::uint64_t mask);

// The lowest bits of `value`, as many as the number has.
void store_raw(Load load, std::uint64_t value, std::byte* at);

// The least and the greatest number that fit; the greatest of 64 bits is cut to that of a signed number.
struct RawRange {
  std::int64_t least = 0;
  std::int64_t greatest = 0;
};
[[nodiscard]] RawRange range_of(Load load);

}  // namespace bluetti::schemas
