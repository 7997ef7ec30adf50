// SPDX-License-Identifier: MIT
// Files that a command writes for its user alone, and never over one that is there.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace bluetti::gateway::cli {

// Why the file may not be written; empty: it may.
[[nodiscard]] std::string fault_of_output(const std::filesystem::path& file, bool force);

// False: it could not be written, which is told.
[[nodiscard]] bool write_output(const std::filesystem::path& file, std::string_view content);

}  // namespace bluetti::gateway::cli
