// SPDX-License-Identifier: MIT
#include "gateway/http/json_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace bluetti::gateway::http {

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string iso_time(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::string quoted_time(const std::optional<WallTime>& time) {
  return time ? '"' + iso_time(*time) + '"' : "null";
}

std::string number_or_null(const std::optional<double>& number) {
  return number && std::isfinite(*number) ? fmt::format("{}", *number) : "null";
}

}  // namespace bluetti::gateway::http
