// SPDX-License-Identifier: MIT
#include "gateway/station/clock_drift.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr std::chrono::seconds kQuarter = std::chrono::minutes(15);
constexpr std::size_t kLength = 19;

std::optional<int> number_at(std::string_view text, std::size_t from, std::size_t digits) {
  int number = 0;
  const char* const end = text.data() + from + digits;
  const auto read = std::from_chars(text.data() + from, end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<std::chrono::sys_seconds> time_of(std::string_view clock) {
  if (clock.size() != kLength) return std::nullopt;
  constexpr std::array<std::pair<std::size_t, std::size_t>, 6> kParts{
      {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}};
  std::array<int, kParts.size()> parts{};
  for (std::size_t index = 0; index < kParts.size(); ++index) {
    const auto number = number_at(clock, kParts[index].first, kParts[index].second);
    if (!number) return std::nullopt;
    parts[index] = *number;
  }
  const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                         std::chrono::month(static_cast<unsigned>(parts[1])),
                                         std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4]) +
         std::chrono::seconds(parts[5]);
}

}  // namespace

std::optional<std::chrono::seconds> clock_drift(std::string_view clock, std::chrono::system_clock::time_point wall) {
  const auto time = time_of(clock);
  if (!time) return std::nullopt;
  const auto ahead = *time - std::chrono::round<std::chrono::seconds>(wall);
  const auto beyond = (ahead + kQuarter / 2) % kQuarter;
  return (beyond.count() < 0 ? beyond + kQuarter : beyond) - kQuarter / 2;
}

void put_drifts(std::span<const schemas::Drift> drifts, std::chrono::system_clock::time_point wall, schemas::Row& row) {
  for (const schemas::Drift& drift : drifts) {
    const schemas::Value& clock = row.values[drift.clock];
    if (clock.kind == schemas::ValueKind::missing) continue;
    const auto ahead = clock.present() ? clock_drift(row.text_of(clock), wall) : std::nullopt;
    schemas::Value& value = row.values[drift.slot];
    value.kind = schemas::ValueKind::absent;
    if (ahead) value.set_decimal(ahead->count(), 0);
  }
}

}  // namespace bluetti::gateway
