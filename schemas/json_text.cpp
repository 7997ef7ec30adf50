// SPDX-License-Identifier: MIT
#include "schemas/json_text.h"

#include <algorithm>
#include <array>

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

// How many of the bytes at the start belong to one character, or to what could have become one.
struct Sequence {
  std::size_t length;
  bool whole;
};

// Of a text that starts beyond ASCII.
Sequence sequence_at(std::string_view text) {
  const unsigned lead = byte_of(text[0]);
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const std::size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  std::size_t length = 1;
  while (length < std::min(wanted, text.size()) && byte_of(text[length]) >= least && byte_of(text[length]) <= most) {
    ++length;
    least = 0x80;
    most = 0xBF;
  }
  return {length, length == wanted};
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
    const Sequence sequence = sequence_at(text);
    out += sequence.whole ? text.substr(0, sequence.length) : kReplacement;
    text.remove_prefix(sequence.length);
  }
}

void append_json_text(std::string_view text, std::string& out) {
  out += '"';
  append_inside_json_text(text, out);
  out += '"';
}

}  // namespace bluetti::schemas
