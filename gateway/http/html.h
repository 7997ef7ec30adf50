// SPDX-License-Identifier: MIT
// Pieces of the pages. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/time.h"
#include "gateway/http/words.h"

namespace bluetti::gateway::http {

[[nodiscard]] std::string escaped(std::string_view text);  // for content and for attributes in double quotes

// Numbers as the language has them: a comma in German. `text`: as a topic has it.
[[nodiscard]] std::string localized(std::string_view text, const Words& words);
[[nodiscard]] std::string watts(const std::optional<double>& watts, const Words& words);  // "648 W", "1.2 kW", "–"
[[nodiscard]] std::string duration_text(double minutes, const Words& words);              // "2 h 5 min", "3 days"
// A time that the page counts on: "12 s ago".
[[nodiscard]] std::string age_html(const std::optional<WallTime>& then, WallTime now, const Words& words);

}  // namespace bluetti::gateway::http
