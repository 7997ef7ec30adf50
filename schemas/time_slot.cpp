// SPDX-License-Identifier: MIT
#include "schemas/time_slot.h"

#include <algorithm>
#include <optional>

#include "schemas/reader.h"

namespace bluetti::schemas {
namespace {

constexpr std::string_view kForm = "must be 'off' or like 'charge 01:00-05:00'";

std::optional<int> two_digits(std::string_view text, int limit) {
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  if (text.size() != 2 || !is_digit(text[0]) || !is_digit(text[1])) return std::nullopt;
  const int number = (text[0] - '0') * 10 + (text[1] - '0');
  return number < limit ? std::optional(number) : std::nullopt;
}

// 00:00 to 23:59, in minutes.
std::optional<int> parse_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = two_digits(text.substr(0, 2), 24);
  const auto minute = two_digits(text.substr(3), 60);
  if (!hour || !minute) return std::nullopt;
  return *hour * 60 + *minute;
}

std::string time_text(int minutes) {
  const auto digits = [](int number) {
    return std::string{static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
  };
  return digits(minutes / 60) + ":" + digits(minutes % 60);
}

std::string unknown_action(std::string_view action, std::span<const std::string> actions) {
  const std::vector<std::string_view> known(actions.begin(), actions.end());
  std::string list;
  for (const std::string_view name : known) list += (list.empty() ? "" : ", ") + std::string(name);
  return "unknown action " + in_quotes(action) + "; there are " + list + suggestion(action, known);
}

}  // namespace

// Slots that only touch do not overlap.
bool TimeSlot::overlaps(const TimeSlot& other) const {
  return !is_off() && !other.is_off() && start < other.end && other.start < end;
}

std::string TimeSlot::text() const {
  return is_off() ? std::string(kSlotOff) : action + " " + time_text(start) + "-" + time_text(end);
}

std::variant<TimeSlot, std::string> parse_time_slot(std::string_view text, std::span<const std::string> actions) {
  if (text == kSlotOff) return TimeSlot();
  const std::size_t blank = text.find(' ');
  const std::string_view action = text.substr(0, blank);
  if (std::ranges::find(actions, action) == actions.end()) return unknown_action(action, actions);
  if (action == kSlotOff) return "'off' has no times";
  const std::string_view times = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
  const std::size_t dash = times.find('-');
  if (dash == std::string_view::npos) return std::string(kForm);
  const auto start = parse_time(times.substr(0, dash));
  const auto end = parse_time(times.substr(dash + 1));
  if (!start || !end) return "times are 00:00 to 23:59; a time slot " + std::string(kForm);
  if (*start >= *end) return "a time slot must end after it starts, on the same day";
  return TimeSlot{.action = std::string(action), .start = *start, .end = *end};
}

}  // namespace bluetti::schemas
