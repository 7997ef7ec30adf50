// SPDX-License-Identifier: MIT
// Asks a person for a password. Start-up and commands only.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/base/secret.h"

namespace bluetti::gateway {

// "Password of <whose>: " on standard error, and a line from standard input that the terminal does not show. Nothing:
// standard input is no terminal, or ended. The interrupting key (Ctrl-C) ends the process with 130.
[[nodiscard]] std::optional<Secret> ask_password(std::string_view whose);
// The same with another question.
[[nodiscard]] std::optional<Secret> ask_hidden(std::string_view question);

}  // namespace bluetti::gateway
