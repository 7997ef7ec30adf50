// SPDX-License-Identifier: MIT
#include "gateway/observe/log_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "gateway/base/ascii.h"
#include "gateway/config/config.h"
#include "schemas/utf8.h"

namespace bluetti::gateway {
namespace {

constexpr std::size_t kLeastSerial = 12;  // digits; what is shorter is a number
constexpr std::size_t kShown = 4;         // at either end

}  // namespace

std::string_view tag_of(std::string_view line) {
  if (!line.starts_with('[')) return {};
  const std::size_t end = line.find("] ");
  return end == std::string_view::npos ? std::string_view() : line.substr(1, end - 1);
}

// Whatever else stands in brackets is the id of a station.
std::size_t area_of(std::string_view line) {
  const std::string_view tag = tag_of(line);
  const std::string_view area = tag.empty() ? kLogAreas.front() : tag.substr(0, tag.find(' '));
  const auto found = std::ranges::find(kLogAreas, area);
  return static_cast<std::size_t>((found == kLogAreas.end() ? found - 1 : found) - kLogAreas.begin());
}

std::string short_serial(std::string_view serial) {
  const std::string_view head = serial.size() > 2 * kShown ? serial.substr(0, kShown) : std::string_view();
  return std::string(head) + "…" + std::string(serial.substr(serial.size() - std::min(kShown, serial.size())));
}

bool shorten_serials(std::string_view text, std::string& to) {
  bool shortened = false;
  std::size_t taken = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end - begin >= kLeastSerial) {
      if (!std::exchange(shortened, true)) to.clear();
      to.append(text, taken, begin + kShown - taken).append("…").append(text, end - kShown, kShown);
      taken = end;
    }
    begin = end + 1;
  }
  if (shortened) to.append(text, taken);
  return shortened;
}

namespace {

constexpr std::size_t kHead = 400;  // bytes of a long line that stay, and of its end, where reasons stand
constexpr std::size_t kEnd = 150;

using schemas::Character;

// Of C0, C1, line and paragraph separators, and what changes the direction of writing.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

bool is_printable(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = schemas::first_character(text.substr(at));
    if (!character.valid || is_control(character.code)) return false;
    at += character.size;
  }
  return true;
}

void append_escaped(const Character& character, std::string_view bytes, std::string& to) {
  const auto out = std::back_inserter(to);
  if (!character.valid) {
    for (const char byte : bytes) fmt::format_to(out, "\\x{:02x}", static_cast<unsigned char>(byte));
    return;
  }
  if (character.code == '\n') return void(to += "\\n");
  if (character.code < 0x80) return void(fmt::format_to(out, "\\x{:02x}", static_cast<unsigned>(character.code)));
  fmt::format_to(out, "\\u{:04x}", static_cast<unsigned>(character.code));
}

void append_printable(std::string_view text, std::string& to) {
  while (!text.empty()) {
    const Character character = schemas::first_character(text);
    if (character.valid && !is_control(character.code)) {
      to.append(text, 0, character.size);
    } else {
      append_escaped(character, text.substr(0, character.size), to);
    }
    text.remove_prefix(character.size);
  }
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

// Not within a character.
std::string_view head_of(std::string_view text) {
  std::size_t size = kHead;
  for (int back = 0; back < 3 && continues_character(text[size]); ++back) --size;
  return text.substr(0, size);
}

std::string_view end_of(std::string_view text) {
  std::size_t begin = text.size() - kEnd;
  for (int on = 0; on < 3 && continues_character(text[begin]); ++on) ++begin;
  return text.substr(begin);
}

}  // namespace

std::string printable_of(std::string_view text) {
  std::string to;
  append_printable(text, to);
  return to;
}

bool make_printable(std::string_view text, std::string& to) {
  const bool is_long = text.size() > kLongestLine;
  if (!is_long && is_printable(text)) return false;
  to.clear();
  if (!is_long) {
    append_printable(text, to);
    return true;
  }
  const std::string_view head = head_of(text);
  const std::string_view end = end_of(text);
  append_printable(head, to);
  fmt::format_to(std::back_inserter(to), " ... ({} bytes left out) ... ", text.size() - head.size() - end.size());
  append_printable(end, to);
  return true;
}

// "lost", "connected" and "lost" again are three lines, whatever is said of other things between them.
bool RepeatedLines::is_repeated(Time now, int level, std::string_view line) {
  const std::string_view tag = tag_of(line);
  const auto same =
      std::ranges::find_if(said_, [&](const Said& said) { return said.level >= 0 && tag_of(said.line) == tag; });
  Said& said = same == said_.end() ? *std::ranges::min_element(said_, {}, &Said::first) : *same;
  if (now - said.first < kWindow && said.level == level && said.line == line) {
    ++said.repeated;
    return true;
  }
  settle(said, now);
  said.line.assign(line);
  said.level = level;
  said.first = now;
  return false;
}

void RepeatedLines::settle(Said& said, Time now) {
  if (said.repeated > 0) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - said.first).count();
    tell_(now, said.level,
          fmt::format("{} (repeated {} time{} in {} s)", said.line, said.repeated, said.repeated == 1 ? "" : "s",
                      seconds));
  }
  said.level = -1;
  said.first = {};
  said.repeated = 0;
}

void RepeatedLines::tell_old(Time now) {
  for (Said& said : said_) {
    if (now - said.first >= kWindow) settle(said, now);
  }
}

void RepeatedLines::tell_all(Time now) {
  for (Said& said : said_) settle(said, now);
}

bool LineBudget::is_left_out(Time now, int level, std::string_view line) {
  const std::string_view tag = tag_of(line);
  const auto same =
      std::ranges::find_if(spent_, [&](const Spent& spent) { return spent.level == level && spent.tag == tag; });
  Spent& spent = same == spent_.end() ? *std::ranges::min_element(spent_, {}, &Spent::since) : *same;
  if (same == spent_.end() || now - spent.since >= kWindow) {
    settle(spent, now);
    spent.tag.assign(tag);
    spent.level = level;
    spent.since = now;
  }
  if (spent.lines < (level >= info_ ? kMost : kMostOfDetails)) {
    ++spent.lines;
    return false;
  }
  ++spent.left_out;
  return true;
}

void LineBudget::settle(Spent& spent, Time now) {
  if (spent.left_out > 0) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - spent.since).count();
    tell_(now, spent.level,
          fmt::format("{}{}{}{} more lines in {} s were left out: something floods the log",
                      spent.tag.empty() ? "" : "[", spent.tag, spent.tag.empty() ? "" : "] ", spent.left_out, seconds));
  }
  spent = {};
}

void LineBudget::tell_old(Time now) {
  for (Spent& spent : spent_) {
    if (spent.level >= 0 && now - spent.since >= kWindow) settle(spent, now);
  }
}

void LineBudget::tell_all(Time now) {
  for (Spent& spent : spent_) settle(spent, now);
}

}  // namespace bluetti::gateway
