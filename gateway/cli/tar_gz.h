// SPDX-License-Identifier: MIT
// A small archive of texts in memory: POSIX ustar, gzipped. Throws if zlib fails, which takes running out of memory.
#pragma once

#include <ctime>
#include <span>
#include <string>

namespace bluetti::gateway::cli {

struct ArchivedText {
  std::string name;  // of at most 100 bytes, "report/config.toml"
  std::string what;  // what it is, for a list
  std::string content;
};

[[nodiscard]] std::string tar_gz(std::span<const ArchivedText> texts, std::time_t modified);

}  // namespace bluetti::gateway::cli
