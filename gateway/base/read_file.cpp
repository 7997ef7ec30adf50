// SPDX-License-Identifier: MIT
#include "gateway/base/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "gateway/base/descriptor.h"

namespace bluetti::gateway {
namespace {

class ReadFaults : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "reading"; }
  [[nodiscard]] std::string message(int fault) const override {
    return fault == static_cast<int>(ReadFault::too_large) ? "it is too large" : "it is not a regular file";
  }
};

std::error_code read_error() {
  return {errno, std::generic_category()};
}

// Not blocking: a pipe without a writer would be waited for.
int open_to_read(const std::filesystem::path& file) {
  return ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

std::error_code fault_of(const Descriptor& file, struct stat& about) {
  if (file.get() < 0 || ::fstat(file.get(), &about) != 0) return read_error();
  if (S_ISDIR(about.st_mode)) return std::make_error_code(std::errc::is_a_directory);
  return S_ISREG(about.st_mode) ? std::error_code() : ReadFault::not_a_regular_file;
}

std::error_code append_all(const Descriptor& file, std::size_t most_bytes, std::string& content) {
  std::array<char, 16384> chunk;
  for (;;) {
    const ssize_t size = ::read(file.get(), chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return read_error();
    if (size == 0) return {};
    content.append(chunk.data(), static_cast<std::size_t>(size));
    if (content.size() > most_bytes) return ReadFault::too_large;
  }
}

}  // namespace

std::error_code make_error_code(ReadFault fault) {
  static const ReadFaults kFaults;
  return {static_cast<int>(fault), kFaults};
}

std::variant<std::string, std::error_code> read_file(const std::filesystem::path& file, std::size_t most_bytes) {
  const Descriptor descriptor(open_to_read(file));
  struct stat about {};
  if (const auto error = fault_of(descriptor, about)) return error;
  std::string content;
  if (const auto error = append_all(descriptor, most_bytes, content)) return error;
  return content;
}

std::variant<std::string, std::error_code> read_tail(const std::filesystem::path& file, std::size_t most_bytes) {
  const Descriptor descriptor(open_to_read(file));
  struct stat about {};
  if (const auto error = fault_of(descriptor, about)) return error;
  std::string content(std::min(most_bytes, static_cast<std::size_t>(about.st_size)), '\0');
  const auto begin = about.st_size - static_cast<off_t>(content.size());
  const ssize_t size = ::pread(descriptor.get(), content.data(), content.size(), begin);
  if (size < 0) return read_error();
  content.resize(static_cast<std::size_t>(size));
  return content;
}

std::string advice_on_reading(std::error_code error) {
  if (error == std::errc::permission_denied) {
    return "let the user that the gateway runs as, uid " + std::to_string(::geteuid()) + ", read it and its folder";
  }
  if (error == std::errc::is_a_directory) {
    return "name a file; Docker makes a folder where a file that is to be mounted does not exist";
  }
  if (error == ReadFault::too_large) return "name another file";
  return {};
}

bool others_can_read(const std::filesystem::path& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0) return false;
  // Where file and group are not both ours, the group was chosen for those who shall read it: a service's.
  const bool is_private = about.st_uid == ::geteuid() && about.st_gid == ::getegid();
  return (about.st_mode & S_IROTH) != 0 || (is_private && (about.st_mode & S_IRGRP) != 0);
}

}  // namespace bluetti::gateway
