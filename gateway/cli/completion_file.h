// SPDX-License-Identifier: MIT
// Where a shell looks for completion scripts.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "gateway/config/config.h"

namespace bluetti::gateway::cli {

struct CompletionFile {
  std::filesystem::path path;  // empty: the user has no home
  std::string also;            // what the user has to do besides; empty: nothing
};

// `shell`: one of kShells. Of the whole system for root, else of the user. Pure.
[[nodiscard]] CompletionFile completion_file(std::string_view shell, bool is_root, const Environment& environment);

// The shell of $SHELL, if it is one of kShells; else empty.
[[nodiscard]] std::string users_shell(const Environment& environment);

}  // namespace bluetti::gateway::cli
