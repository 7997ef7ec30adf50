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

// Lets the group of its folder read a file that root has written where that group, of a service, may look: else the
// service could not. The group's name; empty: nothing was to be done, or it failed.
[[nodiscard]] std::string share_with_group_of_folder(const std::filesystem::path& file);

}  // namespace bluetti::gateway::cli
