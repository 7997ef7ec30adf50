// SPDX-License-Identifier: MIT
// Drawings of the pages, as SVG: what flows where, and the last hours. Words stand beside them for who cannot see them.
// Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gateway/http/facts.h"
#include "gateway/http/history.h"
#include "gateway/http/words.h"

namespace bluetti::gateway::http {

// Solar above, grid left, outputs right, the battery below; lines move the way the power goes, faster where it is more.
[[nodiscard]] std::string flow_drawing(const Facts& facts, bool online, const Words& words);

// One of History::kSeries. Empty: there is nothing to draw.
[[nodiscard]] std::string graph(const History::Series& series, std::size_t kind, std::string_view title,
                                std::string_view unit, const Words& words);

// A bar of `value` between the two; by `tone`: "level", "cell".
[[nodiscard]] std::string bar(double value, double least, double most, std::string_view tone, std::string_view label);

}  // namespace bluetti::gateway::http
