// SPDX-License-Identifier: MIT
#include "gateway/base/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "gateway/base/descriptor.h"

namespace bluetti::gateway {
namespace {

namespace fs = std::filesystem;

std::error_code last_error() {
  return {errno, std::generic_category()};
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

std::error_code make_private_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return {};
  fs::create_directories(folder_of(folder), error);
  if (error) return error;
  return ::mkdir(folder.c_str(), S_IRWXU) == 0 ? std::error_code() : last_error();
}

std::error_code write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno != EINTR) return last_error();
    if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
constexpr mode_t kByUmask = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;

bool syncs(mode_t mode) {
  return mode == kOwnerOnly;
}

// `like`: whose owner and permissions the new file gets; nullptr: ours, and `mode`.
std::error_code write_new(const Descriptor& folder, const std::string& name, std::string_view content, mode_t mode,
                          const struct stat* like) {
  ::unlinkat(folder.get(), name.c_str(), 0);  // what a killed run left
  const Descriptor file(
      ::openat(folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (file.get() < 0) return last_error();
  if (like != nullptr) {
    struct stat made {};
    if (::fstat(file.get(), &made) != 0) return last_error();
    const bool is_same = made.st_uid == like->st_uid && made.st_gid == like->st_gid;
    if (!is_same && ::fchown(file.get(), like->st_uid, like->st_gid) != 0) return last_error();
    if (::fchmod(file.get(), like->st_mode & (S_IRWXU | S_IRWXG | S_IRWXO)) != 0) return last_error();
  }
  if (const auto error = write_all(file.get(), content)) return error;
  return !syncs(mode) || ::fsync(file.get()) == 0 ? std::error_code() : last_error();
}

// So that the new name survives a power failure.
std::error_code sync_folder(const Descriptor& folder) {
  if (::fsync(folder.get()) == 0 || errno == EINVAL) return {};  // some network file systems cannot
  return last_error();
}

std::error_code replace_in(const fs::path& folder_name, const std::string& name, std::string_view content, mode_t mode,
                           const struct stat* like = nullptr) {
  if (is_foreign_link(folder_name)) return std::make_error_code(std::errc::too_many_symbolic_link_levels);
  const Descriptor folder(::open(folder_name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return last_error();
  const std::string fresh = fmt::format(".{}.new", name);
  std::error_code error = write_new(folder, fresh, content, mode, like);
  if (!error && ::renameat(folder.get(), fresh.c_str(), folder.get(), name.c_str()) != 0) error = last_error();
  if (!error) return syncs(mode) ? sync_folder(folder) : error;
  ::unlinkat(folder.get(), fresh.c_str(), 0);
  return error;
}

}  // namespace

bool is_foreign_link(const fs::path& file) {
  struct stat about {};
  return ::lstat(file.c_str(), &about) == 0 && S_ISLNK(about.st_mode) && about.st_uid != ::geteuid() &&
         about.st_uid != 0;
}

fs::path behind_links(fs::path file) {
  constexpr int kMostLinks = 40;  // as the kernel; a loop shows when the file is opened
  for (int links = 0; links < kMostLinks && !is_foreign_link(file); ++links) {
    std::error_code not_a_link;
    const fs::path target = fs::read_symlink(file, not_a_link);
    if (not_a_link) break;
    file = file.parent_path() / target;
  }
  return file;
}

std::error_code replace_private_file(const fs::path& file, std::string_view content) {
  const fs::path target = behind_links(file);
  if (is_foreign_link(target)) return std::make_error_code(std::errc::too_many_symbolic_link_levels);
  const fs::path folder = folder_of(target);
  if (const auto error = make_private_folder(folder)) return error;
  return replace_in(folder, target.filename().string(), content, kOwnerOnly);
}

std::error_code replace_users_file(const fs::path& file, std::string_view content) {
  const fs::path target = behind_links(file);
  struct stat before {};
  if (::stat(target.c_str(), &before) != 0) {
    return errno == ENOENT ? replace_private_file(file, content) : last_error();
  }
  if (::access(target.c_str(), W_OK) != 0) return last_error();
  return replace_in(folder_of(target), target.filename().string(), content, kOwnerOnly, &before);
}

std::string share_with_group_of_folder(const fs::path& file) {
  struct stat folder {};
  const bool is_services = ::geteuid() == 0 && ::stat(folder_of(file).c_str(), &folder) == 0 && folder.st_uid == 0 &&
                           folder.st_gid != 0 && (folder.st_mode & S_IXGRP) != 0;
  const struct group* group = is_services ? ::getgrgid(folder.st_gid) : nullptr;
  if (!group || ::chown(file.c_str(), 0, folder.st_gid) != 0) return {};
  if (::chmod(file.c_str(), S_IRUSR | S_IWUSR | S_IRGRP) != 0) return {};
  return group->gr_name;
}

std::error_code replace_passing_file(const fs::path& file, std::string_view content) {
  return replace_in(folder_of(file), file.filename().string(), content, kByUmask);
}

std::string remedy_for(std::error_code error, const fs::path& file) {
  const std::string folder = folder_of(behind_links(file)).string();
  switch (error.value()) {
    case ENOSPC:
    case EDQUOT:
      return "make room on its disk";
    case EACCES:
    case EPERM:
      return fmt::format("let the user that the gateway runs as, uid {}, write to the folder {}", ::geteuid(), folder);
    case EROFS:
      return "its file system is read-only; choose another place with 'file' in [state]";
    case EBUSY:  // a container's volume that is a single file
      return fmt::format("mount the folder {}, not the file alone", folder);
    case ELOOP:
      return fmt::format(
          "the file or its folder is a symbolic link of another user, or a loop of links; remove it, or "
          "choose another place than {}",
          folder);
    case EEXIST:
    case ENOTDIR:
      return fmt::format("{} must be a folder", folder);
    default:
      return fmt::format("check the folder {} and its disk", folder);
  }
}

}  // namespace bluetti::gateway
