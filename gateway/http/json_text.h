// SPDX-License-Identifier: MIT
// Pieces of JSON that the documents of this folder are put together from. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/time.h"

namespace bluetti::gateway::http {

// In quotes; what is not UTF-8 is replaced.
[[nodiscard]] std::string json_string(std::string_view text);
[[nodiscard]] std::string iso_time(WallTime time);                           // 2026-11-29T16:20:03Z, no quotes
[[nodiscard]] std::string quoted_time(const std::optional<WallTime>& time);  // or null
[[nodiscard]] std::string number_or_null(const std::optional<double>& number);

}  // namespace bluetti::gateway::http
