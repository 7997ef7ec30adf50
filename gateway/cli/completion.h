// SPDX-License-Identifier: MIT
// Scripts that let a shell complete commands, options and their values. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "gateway/cli/help_tree.h"

namespace bluetti::gateway::cli {

inline constexpr std::array<std::string_view, 3> kShells{"bash", "zsh", "fish"};

[[nodiscard]] std::string bash_completion(const CommandHelp& program);
[[nodiscard]] std::string zsh_completion(const CommandHelp& program);
[[nodiscard]] std::string fish_completion(const CommandHelp& program);

}  // namespace bluetti::gateway::cli
