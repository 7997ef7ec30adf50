// SPDX-License-Identifier: MIT
// The manual page, section 1, as roff. Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/cli/help_tree.h"

namespace bluetti::gateway::cli {

[[nodiscard]] std::string man_page(const CommandHelp& program, std::string_view version);

}  // namespace bluetti::gateway::cli
