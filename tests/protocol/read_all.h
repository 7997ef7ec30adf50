// SPDX-License-Identifier: MIT
// What a file in memory holds, as its readers see it.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "protocol/memory_file.h"

namespace bluetti::protocol::test {

inline std::string read_all(const MemoryFile& file) {
  std::ifstream stream(file.path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace bluetti::protocol::test
