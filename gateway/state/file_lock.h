// SPDX-License-Identifier: MIT
// Keeps a file for one process, as long as the object lives: an empty file beside it, "<name>.lock", that is locked and
// goes with the object. The lock goes with the process in any case. Any thread.
#pragma once

#include <filesystem>

namespace bluetti::gateway {

class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file);  // does not wait
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

  // Another process, or another object of this one, has it. Where no lock can be made at all, nobody has it.
  [[nodiscard]] bool is_anothers() const { return is_anothers_; }

 private:
  [[nodiscard]] bool take();  // true: it is decided

  std::filesystem::path path_;
  int descriptor_ = -1;
  bool is_anothers_ = false;
};

}  // namespace bluetti::gateway
