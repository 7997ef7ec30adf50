// SPDX-License-Identifier: MIT
#include "gateway/read_file.h"

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

bool others_can_read(const std::filesystem::path& file) {
  using std::filesystem::perms;
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  return std::filesystem::exists(status) &&
         (status.permissions() & (perms::group_read | perms::others_read)) != perms::none;
}

}  // namespace bluetti::gateway
