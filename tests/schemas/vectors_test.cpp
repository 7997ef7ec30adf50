// SPDX-License-Identifier: MIT
// Definitions, data and what an independent engine makes of them, one JSON object a line, from the reference data.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "schema_support.h"
#include "vector_schema.h"

namespace bluetti::schemas::testing {
namespace {

using nlohmann::json;

bool agree(const json& actual, const json& expected) {
  if (actual.is_number() && expected.is_number()) {
    const double a = actual.get<double>();
    const double e = expected.get<double>();
    return std::abs(a - e) <= 1e-9 * std::abs(e);
  }
  if (actual.is_array() && expected.is_array()) {
    return std::equal(actual.begin(), actual.end(), expected.begin(), expected.end(), agree);
  }
  if (!actual.is_object() || !expected.is_object()) return actual == expected;
  if (actual.size() != expected.size()) return false;
  for (const auto& [key, value] : expected.items()) {
    if (!actual.contains(key) || !agree(actual[key], value)) return false;
  }
  return true;
}

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

json decode_all(const json& line, Definitions& definitions) {
  json result = json::object();
  Model model;
  model.protocol_version = line["protocol_version"];
  for (const Block& block : definitions.blocks(line["schema"])) {
    const json values = json::parse(Decoded(block, model).decode(line["hex"].get<std::string>()).json());
    for (const auto& [key, value] : values.items()) {
      if (result.contains(key) && result[key].is_object()) {
        result[key].insert(value.begin(), value.end());
      } else {
        result[key] = value;
      }
    }
  }
  return result;
}

void check_line(const std::string& text, const std::string& where, Definitions& definitions) {
  const json line = json::parse(text);
  const json actual = decode_all(line, definitions);
  for (const auto& [name, expected] : line["expected"].items()) {
    EXPECT_TRUE(actual.contains(name) && agree(actual[name], expected))
        << where << ", " << name << ": expected " << expected << ", decoded " << actual.value(name, json("nothing"));
  }
  EXPECT_EQ(actual.size(), line["expected"].size()) << where;
}

TEST(Vectors, EveryLineDecodesAsTheIndependentEngineDecodesIt) {
  const std::filesystem::path folder = std::filesystem::path(shared_folder()) / "vectors";
  if (shared_folder().empty() || !std::filesystem::is_directory(folder)) GTEST_SKIP() << "no reference data";
  Definitions definitions;
  int lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".jsonl") continue;
    std::ifstream file(entry.path());
    int number = 0;
    for (std::string text; std::getline(file, text); ++lines) {
      const std::string where = entry.path().filename().string() + ":" + std::to_string(++number);
      ASSERT_NO_THROW(check_line(text, where, definitions)) << where;
    }
  }
  EXPECT_GT(lines, 0);
}

}  // namespace
}  // namespace bluetti::schemas::testing
