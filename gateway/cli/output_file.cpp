// SPDX-License-Identifier: MIT
#include "gateway/cli/output_file.h"

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iostream>

#include "gateway/base/private_file.h"

namespace bluetti::gateway::cli {

std::string fault_of_output(const std::filesystem::path& file, bool force) {
  std::error_code missing;
  if (force || !std::filesystem::exists(file, missing)) return {};
  return fmt::format("{} is there already; --force replaces it", file.string());
}

bool write_output(const std::filesystem::path& file, std::string_view content) {
  const std::error_code error = replace_private_file(file, content);
  if (!error) return true;
  std::cerr << fmt::format("{} could not be written: {}; {}\n", file.string(), error.message(),
                           remedy_for(error, file));
  return false;
}

std::string share_with_group_of_folder(const std::filesystem::path& file) {
  struct stat folder {};
  const std::filesystem::path parent = file.has_parent_path() ? file.parent_path() : ".";
  const bool is_services = ::geteuid() == 0 && ::stat(parent.c_str(), &folder) == 0 && folder.st_uid == 0 &&
                           folder.st_gid != 0 && (folder.st_mode & S_IXGRP) != 0;
  const struct group* group = is_services ? ::getgrgid(folder.st_gid) : nullptr;
  if (!group || ::chown(file.c_str(), 0, folder.st_gid) != 0) return {};
  if (::chmod(file.c_str(), S_IRUSR | S_IWUSR | S_IRGRP) != 0) return {};
  return group->gr_name;
}

}  // namespace bluetti::gateway::cli
