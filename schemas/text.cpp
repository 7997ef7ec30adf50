// SPDX-License-Identifier: MIT
#include "schemas/text.h"

#include <algorithm>
#include <charconv>

namespace bluetti::schemas {

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

}  // namespace bluetti::schemas
