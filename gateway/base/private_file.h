// SPDX-License-Identifier: MIT
// Small files that only their owner may read, replaced as a whole: whoever reads, and whenever the power fails, there
// is the old content or the new one. POSIX; errors are those of errno. Any thread, but one writer per file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace bluetti::gateway {

// Where symbolic links lead to, whether or not there is a file.
[[nodiscard]] std::filesystem::path behind_links(std::filesystem::path file);

// Makes the folder, too. Waits for the disk.
[[nodiscard]] std::error_code replace_private_file(const std::filesystem::path& file, std::string_view content);

// What a person can do so that `file` can be written.
[[nodiscard]] std::string remedy_for(std::error_code error, const std::filesystem::path& file);

}  // namespace bluetti::gateway
