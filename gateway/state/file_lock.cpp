// SPDX-License-Identifier: MIT
#include "gateway/state/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace bluetti::gateway {
namespace {

// Whoever had it before may have removed the name meanwhile.
bool has_name(int descriptor, const char* name) {
  struct stat opened {};
  struct stat named {};
  return fstat(descriptor, &opened) == 0 && lstat(name, &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& file) : path_(file.string() + ".lock") {
  while (!take()) continue;
}

bool FileLock::take() {
  descriptor_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (descriptor_ < 0) return true;
  const bool locked = flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
  is_anothers_ = !locked && errno == EWOULDBLOCK;
  if (locked && has_name(descriptor_, path_.c_str())) return true;
  close(std::exchange(descriptor_, -1));
  return !locked;
}

FileLock::~FileLock() {
  if (descriptor_ < 0) return;
  unlink(path_.c_str());
  close(descriptor_);
}

}  // namespace bluetti::gateway
