// SPDX-License-Identifier: MIT
#include "gateway/observe/log_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gateway/config/config.h"

namespace bluetti::gateway {
namespace {

constexpr std::size_t kLeastSerial = 12;  // digits; what is shorter is a number
constexpr std::size_t kShown = 4;         // at either end

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

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

}  // namespace bluetti::gateway
