// SPDX-License-Identifier: MIT
#include "vector_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "schema_support.h"

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

json decode_all(const std::vector<Block>& blocks, const VectorCase& vector) {
  json result = json::object();
  Model model;
  model.protocol_version = vector.protocol_version;
  for (const Block& block : blocks) {
    const json values = json::parse(Decoded(block, model).decode(vector.hex).json());
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

}  // namespace

void check_case(const std::vector<Block>& blocks, const VectorCase& vector) {
  const json actual = decode_all(blocks, vector);
  for (const auto& [name, expected] : vector.values.items()) {
    EXPECT_TRUE(actual.contains(name) && agree(actual[name], expected))
        << name << ": expected " << expected << ", decoded " << actual.value(name, json("nothing"));
  }
  EXPECT_EQ(actual.size(), vector.values.size());
}

}  // namespace bluetti::schemas::testing
