// SPDX-License-Identifier: MIT
// A small file, whole. Start-up only.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <variant>

namespace bluetti::gateway {

[[nodiscard]] std::variant<std::string, std::error_code> read_file(const std::filesystem::path& file);

// What a person can do about it; empty where the error says enough.
[[nodiscard]] std::string advice_on_reading(std::error_code error);

// Whether others than those it is meant for may read it: everybody, or the group of a file that is our own; of somebody
// else's file the group may, being how we read it. False if there is no such file.
[[nodiscard]] bool others_can_read(const std::filesystem::path& file);

}  // namespace bluetti::gateway
