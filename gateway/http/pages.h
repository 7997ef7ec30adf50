// SPDX-License-Identifier: MIT
// The pages, whole: they work without a script, which only fetches them again when something has changed. Below any
// path prefix, since all links are relative. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/history.h"
#include "gateway/http/snapshot.h"
#include "gateway/http/words.h"
#include "gateway/observe/log.h"

namespace bluetti::gateway::http {

[[nodiscard]] std::string overview_page(const Snapshot& snapshot, const Words& words);

// What of the settings is shown.
enum class SettingsShown : std::uint8_t { none, sign_in_first, forms };
[[nodiscard]] std::string station_page(const Snapshot& snapshot, const StationView& station,
                                       const History::Series& series, SettingsShown settings, const Words& words);

[[nodiscard]] std::string log_page(const std::vector<LogLine>& lines, const Words& words);

// `problem`: of the last try; empty: there was none.
[[nodiscard]] std::string sign_in_page(std::string_view problem, const Words& words);

// What became of a change, for browsers without scripts.
struct ChangeShown {
  std::string station;
  std::string title;
  std::string outcome;
  std::string reason;
};
[[nodiscard]] std::string change_page(const ChangeShown& change, const Words& words);

}  // namespace bluetti::gateway::http
