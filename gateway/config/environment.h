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

// "certificate_password" -> "CERTIFICATE_PASSWORD", a part of a variable's name.
[[nodiscard]] std::string variable_part(std::string_view key);

}  // namespace bluetti::gateway
