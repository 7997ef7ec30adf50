// SPDX-License-Identifier: MIT
#include "gateway/http/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gateway/http/json_text.h"

namespace bluetti::gateway::http {
namespace {

constexpr double kThousand = 1000;
constexpr int kMinutesOfHour = 60;
constexpr int kHoursOfDay = 24;

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string localized(std::string_view text, const Words& words) {
  std::string out(text);
  if (words.has_comma()) std::ranges::replace(out, '.', ',');
  return out;
}

std::string watts(const std::optional<double>& watts, const Words& words) {
  if (!watts) return "–";
  if (std::abs(*watts) < kThousand) return localized(fmt::format("{:.0f}", *watts), words) + " W";
  return localized(fmt::format("{:.1f}", *watts / kThousand), words) + " kW";
}

std::string duration_text(double minutes, const Words& words) {
  const auto whole = static_cast<long>(std::lround(minutes));
  const long hours = whole / kMinutesOfHour;
  if (hours == 0) return fmt::format("{} min", whole);
  if (hours >= 2 * kHoursOfDay) return fmt::format("{} {}", hours / kHoursOfDay, words("days"));
  return whole % kMinutesOfHour == 0 ? fmt::format("{} h", hours)
                                     : fmt::format("{} h {} min", hours, whole % kMinutesOfHour);
}

std::string age_html(const std::optional<WallTime>& then, WallTime now, const Words& words) {
  if (!then) return fmt::format("<span>{}</span>", words("never"));
  const auto seconds = std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(now - *then).count(), 0);
  std::string age = seconds < 120    ? fmt::format("{} s", seconds)
                    : seconds < 7200 ? fmt::format("{} min", seconds / 60)
                                     : fmt::format("{} h", seconds / 3600);
  const std::string_view pattern = words("{} ago");
  return fmt::format("<time datetime=\"{}\">{}</time>", iso_time(*then), fmt::format(fmt::runtime(pattern), age));
}

}  // namespace bluetti::gateway::http
