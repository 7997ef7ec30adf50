// SPDX-License-Identifier: MIT
// A small file, whole. A pipe, a device or an endless file is refused, not waited for. Start-up only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <variant>

namespace bluetti::gateway {

inline constexpr std::size_t kMostFileBytes = 64 * 1024 * 1024;  // a record has 50 MB

enum class ReadFault : unsigned char { not_a_regular_file = 1, too_large };

[[nodiscard]] std::error_code make_error_code(ReadFault fault);

[[nodiscard]] std::variant<std::string, std::error_code> read_file(const std::filesystem::path& file,
                                                                   std::size_t most_bytes = kMostFileBytes);

// The last bytes of a file of any size.
[[nodiscard]] std::variant<std::string, std::error_code> read_tail(const std::filesystem::path& file,
                                                                   std::size_t most_bytes);

// What a person can do about it; empty where the error says enough.
[[nodiscard]] std::string advice_on_reading(std::error_code error);

// Whether others than those it is meant for may read it: everybody, or the group of a file that is our own; of somebody
// else's file the group may, being how we read it. False if there is no such file.
[[nodiscard]] bool others_can_read(const std::filesystem::path& file);

}  // namespace bluetti::gateway

template <>
struct std::is_error_code_enum<bluetti::gateway::ReadFault> : std::true_type {};
