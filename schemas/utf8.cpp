// SPDX-License-Identifier: MIT
#include "schemas/utf8.h"

#include <algorithm>

namespace bluetti::schemas {

// Overlong forms, surrogates and what is beyond U+10FFFF are ruled out by the second byte (Unicode 15, table 3-7).
Character first_character(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, lead, true};
  if (lead < 0xC2 || lead > 0xF4) return {};
  const std::size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  Character character{.size = 1, .code = lead & (0x7FU >> wanted)};
  while (character.size < std::min(wanted, text.size())) {
    const unsigned next = byte(character.size);
    if (next < least || next > most) return character;
    character.code = character.code << 6 | (next & 0x3FU);
    ++character.size;
    least = 0x80;
    most = 0xBF;
  }
  character.valid = character.size == wanted;
  return character;
}

}  // namespace bluetti::schemas
