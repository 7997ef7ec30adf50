// SPDX-License-Identifier: MIT
#include "schemas/json_text.h"

#include <algorithm>
#include <array>

#include "schemas/utf8.h"

namespace bluetti::schemas {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

constexpr unsigned byte_of(char c) {
  return static_cast<unsigned char>(c);
}

constexpr bool is_plain(char c) {
  return byte_of(c) >= 0x20 && byte_of(c) < 0x80 && c != '"' && c != '\\';
}

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned byte = 0; byte < plain.size(); ++byte) plain[byte] = is_plain(static_cast<char>(byte));
  return plain;
}();

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '\\';
  if (const std::size_t place = kShort.find(c); place != std::string_view::npos) {
    out += kLetters[place];
  } else {
    out.append("u00").append({kDigits[byte_of(c) >> 4], kDigits[byte_of(c) & 15]});
  }
}

}  // namespace

void append_inside_json_text(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const auto end = std::ranges::find_if_not(text, [](char c) { return kPlain[byte_of(c)]; });
    const auto plain = static_cast<std::size_t>(end - text.begin());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    if (byte_of(text[0]) < 0x80) {
      append_escaped(out, text[0]);
      text.remove_prefix(1);
      continue;
    }
    const Character character = first_character(text);
    out += character.valid ? text.substr(0, character.size) : kReplacement;
    text.remove_prefix(character.size);
  }
}

void append_json_text(std::string_view text, std::string& out) {
  out += '"';
  append_inside_json_text(text, out);
  out += '"';
}

}  // namespace bluetti::schemas
