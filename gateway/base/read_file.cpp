// SPDX-License-Identifier: MIT
#include "gateway/base/read_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace bluetti::gateway {

std::variant<std::string, std::error_code> read_file(const std::filesystem::path& file) {
  const auto last_error = [] { return std::error_code(errno, std::generic_category()); };
  const auto close = [](std::FILE* stream) { std::fclose(stream); };
  const std::unique_ptr<std::FILE, decltype(close)> stream(std::fopen(file.c_str(), "rbe"), close);
  if (!stream) return last_error();

  std::string content;
  std::array<char, 4096> chunk;
  while (const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), stream.get())) {
    content.append(chunk.data(), size);
  }
  if (std::ferror(stream.get())) return last_error();  // a folder opens, but does not read
  return content;
}

std::string advice_on_reading(std::error_code error) {
  if (error == std::errc::permission_denied) {
    return "let the user that the gateway runs as, uid " + std::to_string(::geteuid()) + ", read it and its folder";
  }
  if (error == std::errc::is_a_directory) {
    return "name a file; Docker makes a folder where a file that is to be mounted does not exist";
  }
  return {};
}

bool others_can_read(const std::filesystem::path& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0) return false;
  const bool by_our_group = about.st_uid != ::geteuid();  // somebody else's file: its group is how we read it
  return (about.st_mode & S_IROTH) != 0 || (!by_our_group && (about.st_mode & S_IRGRP) != 0);
}

}  // namespace bluetti::gateway
