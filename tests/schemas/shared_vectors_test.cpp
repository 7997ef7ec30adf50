// SPDX-License-Identifier: MIT
// Vectors that are not part of the project, one JSON object a line, with definitions in a format of their own. They are
// checked where they are (BLUETTI_SHARED, see tests/CMakeLists.txt).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "schema_support.h"
#include "vector_check.h"
#include "vector_schema.h"

namespace bluetti::schemas::testing {
namespace {

using nlohmann::json;

// Most definitions come several times, with other data.
class Definitions {
 public:
  const std::vector<Block>& blocks(const json& definition) {
    auto [entry, added] = blocks_.try_emplace(definition.dump());
    if (added) {
      for (const std::string& text : to_schema_files(definition)) entry->second.push_back(block_from(text));
    }
    return entry->second;
  }

 private:
  std::map<std::string, std::vector<Block>> blocks_;
};

void check_line(const std::string& text, Definitions& definitions) {
  const json line = json::parse(text);
  check_case(definitions.blocks(line["schema"]),
             {.protocol_version = line["protocol_version"], .hex = line["hex"], .values = line["expected"]});
}

TEST(SharedVectors, EveryLineDecodesAsTheIndependentEngineDecodesIt) {
  Definitions definitions;
  int lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SHARED_VECTORS)) {
    if (entry.path().extension() != ".jsonl") continue;
    std::ifstream file(entry.path());
    int number = 0;
    for (std::string text; std::getline(file, text); ++lines) {
      SCOPED_TRACE(entry.path().filename().string() + ":" + std::to_string(++number));
      ASSERT_NO_THROW(check_line(text, definitions));
    }
  }
  EXPECT_GT(lines, 0);
}

}  // namespace
}  // namespace bluetti::schemas::testing
