// SPDX-License-Identifier: MIT
// Blocks made at random, data, and what an independent engine makes of them: tests/data/vectors.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "schema_support.h"
#include "vector_check.h"

namespace bluetti::schemas::testing {
namespace {

using nlohmann::json;

// What the block files of the vectors have in common.
constexpr const char* kVectorHead = R"(id = 60000
name = "vector"
prefix = ""
poll = "core"
evidence = "inferred"
registers = 1
order = "high"
text = "plain"
)";

int check_vector(const json& vector) {
  const std::vector<Block> blocks{block_from(kVectorHead + vector.at("block").get<std::string>())};
  int cases = 0;
  for (const json& one : vector.at("cases")) {
    SCOPED_TRACE("case " + std::to_string(++cases));
    check_case(blocks, {.protocol_version = one.at("protocol"), .hex = one.at("hex"), .values = one.at("values")});
  }
  return cases;
}

TEST(Vectors, EveryCaseDecodesAsTheIndependentEngineDecodesIt) {
  std::ifstream file(SOURCE_ROOT "/tests/data/vectors/engine.jsonl");
  int lines = 0;
  int cases = 0;
  for (std::string text; std::getline(file, text);) {
    SCOPED_TRACE("line " + std::to_string(++lines));
    ASSERT_NO_THROW(cases += check_vector(json::parse(text)));
  }
  EXPECT_EQ(lines, 100);
  EXPECT_EQ(cases, 300);
}

}  // namespace
}  // namespace bluetti::schemas::testing
