// SPDX-License-Identifier: MIT
// What stations are known to have meant, one file a reading in tests/data/cases: a model, registers and what they must
// come out as. A new file needs no new test. `firmware` is the version of the station's software, where it matters.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using nlohmann::json;

void check(const json& reading) {
  const Model* model = built_in_catalog().model(reading.at("model").get<std::string>());
  const Block* block = built_in_catalog().block(reading.at("block").get<std::uint16_t>());
  ASSERT_TRUE(model != nullptr && block != nullptr);
  EXPECT_FALSE(reading.at("source").get<std::string>().empty());
  Decoded decoded(*block, *model);
  decoded.row.firmware = reading.value("firmware", 0.0);
  decoded.decode(reading.at("hex").get<std::string>(), (reading.at("register").get<int>() - block->id) * 2);
  for (const auto& [path, expected] : reading.at("values").items()) {
    EXPECT_EQ(decoded.shown(path), expected.get<std::string>()) << path;
  }
}

TEST(Cases, EveryReadingComesOutAsWhatItMeant) {
  std::size_t readings = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE_ROOT "/tests/data/cases")) {
    SCOPED_TRACE(entry.path().filename().string());
    std::ifstream file(entry.path());
    ASSERT_NO_THROW(check(json::parse(file)));
    ++readings;
  }
  EXPECT_GT(readings, 20U);
}

}  // namespace
}  // namespace bluetti::schemas::testing
