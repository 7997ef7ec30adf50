// SPDX-License-Identifier: MIT
// How a station is, in words. Pure.
#pragma once

#include <string>

#include "gateway/http/facts.h"
#include "gateway/http/words.h"

namespace bluetti::gateway::http {

[[nodiscard]] std::string badge(const StationView& station, const Words& words);
[[nodiscard]] std::string state_text(const Facts& facts, const Words& words);  // "charging, full in 2 h 5 min"
[[nodiscard]] std::string freshness(const Snapshot& snapshot, const StationView& station, const Facts& facts,
                                    const Words& words);

}  // namespace bluetti::gateway::http
