// SPDX-License-Identifier: MIT
// What is written by hand is what a JSON library would write.
#include "discovery/json_object.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/discovery/full_station.h"

namespace bluetti::discovery {
namespace {

using nlohmann::json;

TEST(JsonObject, OfEveryModelHasItsMembersInOrder) {
  for (const auto& [name, model] : catalog().models()) {
    for (const Document& document : FullStation(model, 2).documents()) {
      ASSERT_EQ(document.payload, json::parse(document.payload).dump()) << name;
    }
  }
}

}  // namespace
}  // namespace bluetti::discovery
