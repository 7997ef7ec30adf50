// SPDX-License-Identifier: MIT
// Logging to standard error: text, with colour on a terminal only, or one JSON object a line. No secret may be given to
// it; serial numbers are shortened by short_serial().
#pragma once

#include <string>
#include <string_view>

#include "gateway/config/config.h"

namespace bluetti::gateway {

// Sets up spdlog's default logger. Call once, before any thread starts. `level` wins over the configuration's.
void start_logging(const LogConfig& config, const std::string* level = nullptr);

// "info", as the configuration and the local topics name it.
[[nodiscard]] std::string log_level();
bool set_log_level(std::string_view name);  // false: there is none of this name; any thread

// "2345000000001" -> "...0001": enough to tell one's own stations apart, not enough to name them to others.
[[nodiscard]] std::string short_serial(std::string_view serial);

}  // namespace bluetti::gateway
