// SPDX-License-Identifier: MIT
// The environment's two ways into the configuration: `${NAME}` in strings, and BLUETTI_GATEWAY__TABLE__KEY for a key.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "gateway/config/config.h"

namespace bluetti::gateway {

inline constexpr std::string_view kVariablePrefix = "BLUETTI_GATEWAY__";

// Why a text could not be substituted, for a person.
struct SubstitutionError {
  std::string message;
};

// Replaces `${NAME}` and `${NAME:-default}`; the default stands in for an empty variable too. `$${` is a plain `${`.
[[nodiscard]] std::variant<std::string, SubstitutionError> substitute(std::string_view text,
                                                                      const Environment& environment);

// "local", "url" -> "BLUETTI_GATEWAY__LOCAL__URL"
[[nodiscard]] std::string variable_name(std::string_view section, std::string_view key);

}  // namespace bluetti::gateway
