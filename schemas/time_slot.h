// SPDX-License-Identifier: MIT
// A time slot as text: "off", or what is done and between which times of the day, "charge 01:00-05:00". Internal.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace bluetti::schemas {

inline constexpr std::string_view kSlotOff = "off";
inline constexpr int kMinutesPerDay = 24 * 60;

struct TimeSlot {
  std::string action{kSlotOff};
  int start = 0;  // minutes after midnight
  int end = 0;

  [[nodiscard]] bool is_off() const { return action == kSlotOff; }
  [[nodiscard]] bool overlaps(const TimeSlot& other) const;
  [[nodiscard]] std::string text() const;
};

// The reason, if this is no time slot with one of these actions.
[[nodiscard]] std::variant<TimeSlot, std::string> parse_time_slot(std::string_view text,
                                                                  std::span<const std::string> actions);

}  // namespace bluetti::schemas
