// SPDX-License-Identifier: MIT
#include "tests/support/captures.h"

#include <filesystem>
#include <fstream>
#include <set>

namespace bluetti::test {

nlohmann::json captures() {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE_ROOT "/tests/data/captures")) {
    files.insert(entry.path());
  }
  auto all = nlohmann::json::array();
  for (const auto& file : files) {
    std::ifstream stream(file);
    all.push_back(nlohmann::json::parse(stream));
  }
  return all;
}

}  // namespace bluetti::test
