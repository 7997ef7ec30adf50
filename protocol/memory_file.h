// SPDX-License-Identifier: MIT
// A file that exists in memory only (memfd_create), sealed against change and readable by this user alone. For
// libraries that take a secret by file name. Each opening of path() starts at the first byte, so it may be read any
// number of times while the object lives. Swap is the one way to a disk; turn it off or encrypt it where that matters.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace bluetti::protocol {

class MemoryFile {
 public:
  // `name` shows up in /proc only. Throws std::system_error if the kernel refuses.
  MemoryFile(std::string_view name, std::span<const std::byte> content);
  ~MemoryFile();
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&& other) noexcept;

  [[nodiscard]] std::string path() const;  // "/proc/self/fd/7"

 private:
  explicit MemoryFile(int descriptor) noexcept : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

}  // namespace bluetti::protocol
