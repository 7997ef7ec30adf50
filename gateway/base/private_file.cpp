// SPDX-License-Identifier: MIT
#include "gateway/base/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace bluetti::gateway {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

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

std::error_code write_new(const fs::path& file, std::string_view content) {
  ::unlink(file.c_str());  // what a killed run left
  const Descriptor descriptor(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (descriptor.get() < 0) return last_error();
  if (const auto error = write_all(descriptor.get(), content)) return error;
  return ::fsync(descriptor.get()) == 0 ? std::error_code() : last_error();
}

// So that the new name survives a power failure.
std::error_code sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0) return last_error();
  if (::fsync(descriptor.get()) == 0 || errno == EINVAL) return {};  // some network file systems cannot
  return last_error();
}

}  // namespace

fs::path behind_links(fs::path file) {
  constexpr int kMostLinks = 40;  // as the kernel; a loop shows when the file is opened
  for (int links = 0; links < kMostLinks; ++links) {
    std::error_code not_a_link;
    const fs::path target = fs::read_symlink(file, not_a_link);
    if (not_a_link) break;
    file = file.parent_path() / target;
  }
  return file;
}

std::error_code replace_private_file(const fs::path& file, std::string_view content) {
  const fs::path target = behind_links(file);
  const fs::path folder = folder_of(target);
  if (const auto error = make_private_folder(folder)) return error;
  const fs::path fresh = folder / fmt::format(".{}.new", target.filename().string());
  std::error_code error = write_new(fresh, content);
  if (!error && ::rename(fresh.c_str(), target.c_str()) != 0) error = last_error();
  if (!error) return sync_folder(folder);
  ::unlink(fresh.c_str());
  return error;
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
    case EEXIST:
    case ENOTDIR:
      return fmt::format("{} must be a folder", folder);
    default:
      return fmt::format("check the folder {} and its disk", folder);
  }
}

}  // namespace bluetti::gateway
