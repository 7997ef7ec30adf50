// SPDX-License-Identifier: MIT
// A small file, whole. Start-up only.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <variant>

namespace bluetti::gateway {

[[nodiscard]] std::variant<std::string, std::error_code> read_file(const std::filesystem::path& file);

// Whether the group or others may read it; false if there is no such file.
[[nodiscard]] bool others_can_read(const std::filesystem::path& file);

}  // namespace bluetti::gateway
