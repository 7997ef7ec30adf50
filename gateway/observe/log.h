// SPDX-License-Identifier: MIT
// Logging to standard error: text, with colour on a terminal only, or one JSON object a line. What a line is about
// stands in brackets at its beginning. No secret may be given to it; serial numbers are shortened on the way.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/config.h"

namespace bluetti::gateway {

// Sets up spdlog's default logger. Call once, before any thread starts. `level` wins over all of the configuration's.
void start_logging(const LogConfig& config, const std::optional<std::string>& level = std::nullopt);

// The rest of these: any thread.
void change_logging(const LogConfig& config, const std::optional<std::string>& level = std::nullopt);
void tick_log();  // tells what was repeated, when it is time

// "info", as the configuration and the local topics name it; without regard to areas that have a level of their own.
// The newest lines as they were written, for those who look from outside; none are kept unless `most` says so.
struct LogLine {
  std::chrono::system_clock::time_point time;
  std::string level;  // "info"
  std::string text;
};
void keep_log_lines(std::size_t most);
[[nodiscard]] std::vector<LogLine> newest_log_lines();  // the newest last

[[nodiscard]] std::string log_level();
bool set_log_level(std::string_view name);  // false: there is none of this name

}  // namespace bluetti::gateway
