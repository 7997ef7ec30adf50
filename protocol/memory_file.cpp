// SPDX-License-Identifier: MIT
#include "protocol/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace bluetti::protocol {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int create(std::string_view name) {
  const int descriptor = memfd_create(std::string(name).c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) fail("memfd_create");
  return descriptor;
}

void write_all(int descriptor, std::span<const std::byte> content) {
  while (!content.empty()) {
    const ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("writing a memory file");
    content = content.subspan(static_cast<std::size_t>(written));
  }
}

}  // namespace

// Delegates first, so that the destructor closes the descriptor if a later step throws.
MemoryFile::MemoryFile(std::string_view name, std::span<const std::byte> content) : MemoryFile(create(name)) {
  if (fchmod(descriptor_, S_IRUSR | S_IWUSR) != 0) fail("fchmod of a memory file");
  write_all(descriptor_, content);
  if (fcntl(descriptor_, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
    fail("sealing a memory file");
  }
}

MemoryFile::~MemoryFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  MemoryFile taken(std::move(other));  // closes what was here before at once, not when `other` ends
  std::swap(descriptor_, taken.descriptor_);
  return *this;
}

std::string MemoryFile::path() const {
  return "/proc/self/fd/" + std::to_string(descriptor_);
}

}  // namespace bluetti::protocol
