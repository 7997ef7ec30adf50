// SPDX-License-Identifier: MIT
// Bytes of real stations, from tests/data/captures, against what they are known to mean.
#include "tests/support/captures.h"

#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using nlohmann::json;

json published(const Decoded& decoded, const std::string& path) {
  const ValueKind kind = decoded.value(path).kind;
  if (kind == ValueKind::missing || kind == ValueKind::absent) return nullptr;
  return decoded.shown(path);
}

void expect_values(const json& capture, const Catalog& catalog) {
  const int first = capture.at("first_register");
  const Model* model = catalog.model(capture.at("model").get<std::string>());
  const Block* block = catalog.block(static_cast<std::uint16_t>(capture.value("block", first)));
  ASSERT_NE(model, nullptr);
  ASSERT_NE(block, nullptr);
  Decoded decoded(*block, *model);
  decoded.decode(capture.at("hex").get<std::string>(), (first - block->id) * 2);
  for (const auto& [path, value] : capture.at("values").items()) {
    EXPECT_EQ(published(decoded, path), value) << path;
  }
}

TEST(Captures, DecodeToWhatTheStationsShowed) {
  const Catalog catalog = Catalog::built_in();
  const json captures = test::captures();
  for (const json& capture : captures) {
    SCOPED_TRACE(capture.at("id").get<std::string>());
    ASSERT_NO_THROW(expect_values(capture, catalog));
  }
  EXPECT_GE(captures.size(), 24);
}

}  // namespace
}  // namespace bluetti::schemas::testing
