// SPDX-License-Identifier: MIT
#include "schemas/text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string_view>

namespace bluetti::schemas {
namespace {

constexpr int kCentury = 2000;

}  // namespace

char* write_text(std::span<const std::byte> bytes, bool swapped, char* out) {
  const std::size_t last = bytes.size() - 1;
  const std::size_t other = swapped ? 1 : 0;
  const auto letter_at = [&](std::size_t index) { return static_cast<char>(bytes[std::min(index ^ other, last)]); };
  std::size_t length = bytes.size();
  while (length > 0 && letter_at(length - 1) == '\0') --length;
  for (std::size_t index = 0; index < length; ++index) {
    const char letter = letter_at(index);
    if (letter < ' ' || letter > '~') return nullptr;
    out[index] = letter;
  }
  return out + length;
}

char* write_ipv4(const std::byte* at, char* out) {
  unsigned any = 0;
  for (const std::size_t from : {1U, 0U, 3U, 2U}) {
    const auto part = std::to_integer<unsigned>(at[from]);
    any |= part;
    if (from != 1) *out++ = '.';
    out = std::to_chars(out, out + 3, part).ptr;
  }
  return any == 0 ? nullptr : out;
}

char* write_clock(const std::byte* at, char* out) {
  const auto part = [at](std::size_t index) { return std::to_integer<unsigned>(at[index]); };
  const std::chrono::year_month_day date{std::chrono::year(kCentury + static_cast<int>(part(0))),
                                         std::chrono::month(part(1)), std::chrono::day(part(2))};
  if (!date.ok() || part(3) > 23 || part(4) > 59 || part(5) > 59) return nullptr;
  constexpr std::string_view kSeparators = "-- ::";
  const auto two_digits = [&out](unsigned number) {
    *out++ = static_cast<char>('0' + number / 10 % 10);
    *out++ = static_cast<char>('0' + number % 10);
  };
  two_digits(kCentury / 100 + part(0) / 100);
  for (std::size_t index = 0; index < 6; ++index) {
    if (index != 0) *out++ = kSeparators[index - 1];
    two_digits(part(index));
  }
  return out;
}

}  // namespace bluetti::schemas
