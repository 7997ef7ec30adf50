// SPDX-License-Identifier: MIT
#include "gateway/http/status_words.h"

#include <fmt/format.h>

#include "gateway/http/html.h"

namespace bluetti::gateway::http {

std::string badge(const StationView& station, const Words& words) {
  return fmt::format(R"( <span class="badge {}">{}</span>)", station.online ? "good" : "bad",
                     words(station.online ? "online" : "offline"));
}

std::string state_text(const Facts& facts, const Words& words) {
  std::string text(facts.charging_status.empty() ? "" : words(facts.charging_status));
  const auto add = [&](std::string_view pattern, double minutes) {
    if (!text.empty()) text += ", ";
    text += fmt::format(fmt::runtime(words(pattern)), duration_text(minutes, words));
  };
  if (facts.minutes_to_full && facts.charging_status != "discharging") add("full in {}", *facts.minutes_to_full);
  if (facts.minutes_to_empty && facts.charging_status != "charging") add("empty in {}", *facts.minutes_to_empty);
  return text.empty() ? std::string(words("no data yet")) : text;
}

std::string freshness(const Snapshot& snapshot, const StationView& station, const Facts& facts, const Words& words) {
  if (!station.is_ours) return std::string(words("Read by another gateway"));
  const auto updated = facts.updated ? std::optional(snapshot.wall_of(*facts.updated)) : std::nullopt;
  return fmt::format(fmt::runtime(words("via {}")), words(station.way)) + " · " +
         age_html(updated, snapshot.wall, words);
}

}  // namespace bluetti::gateway::http
