// SPDX-License-Identifier: MIT
// Latin letters with marks become those without, as Home Assistant itself does; what has no Latin letter is dropped.
#include <cstdint>

#include "discovery/entity_name.h"

namespace bluetti::discovery {
namespace {

// U+00C0 to U+00FF, then U+0100 to U+017F: one word each, by blanks; "-" is none.
constexpr std::string_view kLatin1 =
    "a a a a a a ae c e e e e i i i i d n o o o o o - o u u u u y th ss "
    "a a a a a a ae c e e e e i i i i d n o o o o o - o u u u u y th y ";
constexpr std::string_view kExtendedA =
    "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g g g g g h h h h i i i i i i i i i i ij ij j j k k "
    "k "
    "l l l l l l l l l l n n n n n n n ng ng o o o o o o oe oe r r r r r r s s s s s s s s t t t t t t u u u u u u u u "
    "u u u u w w y y y z z z z z z s ";

std::string_view word_at(std::string_view words, std::size_t index) {
  for (; index > 0; --index) words.remove_prefix(words.find(' ') + 1);
  return words.substr(0, words.find(' '));
}

std::string_view letters_of(std::uint32_t code) {
  if (code >= 0xC0 && code <= 0xFF) return word_at(kLatin1, code - 0xC0);
  if (code >= 0x100 && code <= 0x17F) return word_at(kExtendedA, code - 0x100);
  return "-";
}

}  // namespace

std::string slug(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_digit = byte >= '0' && byte <= '9';
    const bool is_lower = byte >= 'a' && byte <= 'z';
    if (is_digit || is_lower) {
      result += text[i];
    } else if (byte >= 'A' && byte <= 'Z') {
      result += static_cast<char>(byte - 'A' + 'a');
    } else if (byte >= 0xC3 && byte <= 0xC5 && i + 1 < text.size()) {
      const auto next = static_cast<unsigned char>(text[++i]);
      const std::string_view letters = letters_of(((byte & 0x1FU) << 6U) | (next & 0x3FU));
      if (letters != "-") {
        result += letters;
      } else if (!result.empty() && result.back() != '_') {
        result += '_';
      }
    } else if (!result.empty() && result.back() != '_') {
      result += '_';
    }
  }
  if (!result.empty() && result.back() == '_') result.pop_back();
  return result;
}

}  // namespace bluetti::discovery
