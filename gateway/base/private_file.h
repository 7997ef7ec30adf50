// SPDX-License-Identifier: MIT
// Small files that only their owner may read, replaced as a whole: whoever reads, and whenever the power fails, there
// is the old content or the new one. POSIX; errors are those of errno. Any thread, but one writer per file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace bluetti::gateway {

// Whether it is a symbolic link that is neither ours nor root's. We do not follow it: it would lead us to overwrite
// what its owner may not.
[[nodiscard]] bool is_foreign_link(const std::filesystem::path& file);

// Where symbolic links lead to, whether or not there is a file; not beyond the first that is foreign.
[[nodiscard]] std::filesystem::path behind_links(std::filesystem::path file);

// Makes the folder, too. Waits for the disk. Nothing is written through a foreign link, be it the file or its folder:
// ELOOP. Once its folder is open, no name of the way there is looked up again.
[[nodiscard]] std::error_code replace_private_file(const std::filesystem::path& file, std::string_view content);

// The same for a file that means nothing after a power failure and that others may read if the umask lets them. A link
// in its place is replaced, not followed. The folder must be there.
[[nodiscard]] std::error_code replace_passing_file(const std::filesystem::path& file, std::string_view content);

// Replaces a file of the user's as a whole: it keeps owner and permissions; EACCES if it is not to be written. A new
// one is private.
[[nodiscard]] std::error_code replace_users_file(const std::filesystem::path& file, std::string_view content);

// Lets the group of its folder read a file that root has written where that group, of a service, may look: else the
// service could not. The group's name; empty: nothing was to be done, or it failed.
std::string share_with_group_of_folder(const std::filesystem::path& file);

// What a person can do so that `file` can be written.
[[nodiscard]] std::string remedy_for(std::error_code error, const std::filesystem::path& file);

}  // namespace bluetti::gateway
