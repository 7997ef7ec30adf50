// SPDX-License-Identifier: MIT
// The two values of the vendor's app that signing in needs, from another integration that the user has installed: its
// files are read as text, never executed, and nothing else of them is kept. Blocks; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/secret.h"

namespace bluetti::gateway {

struct AppValues {
  Secret app_key;
  Secret totp_shared_key;
  std::vector<std::string> refused;  // what was there under a known name, and why it is none: never the value
};

// Adds to `values` what the text of a Python module or an env file assigns under a name that is known: NAME = "value",
// NAME=value. What is there already stays, and what cannot be a value is told in `refused`.
void take_app_values(std::string_view text, AppValues& values);

inline constexpr std::size_t kMostAppFileBytes = 256 * 1024;

// In `place`: the integration's folder or one around it, as far as Home Assistant's configuration or the repository, or
// an env file. Otherwise what is missing, where it was looked for, and what could not be read; never a value.
[[nodiscard]] std::variant<AppValues, std::string> app_values_in(const std::filesystem::path& place);

}  // namespace bluetti::gateway
