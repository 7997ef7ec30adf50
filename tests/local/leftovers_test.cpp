// SPDX-License-Identifier: MIT
#include "gateway/local/leftovers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::test {
namespace {

using gateway::Leftovers;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kGone = "homeassistant/device/bluetti_1009/config";

std::string document(const std::string& id, const std::string& bridge = "bluetti/bridge",
                     const std::string& origin = "BLUETTI Gateway") {
  return R"({"origin":{"name":")" + origin + R"("},"availability":[{"topic":")" + bridge +
         R"(/availability"},{"topic":"bluetti/)" + id +
         R"(/availability"}],"components":{"soc":{"platform":"sensor"},"boost":{"platform":"button"}}})";
}

class LeftoversTest : public testing::Test {
 protected:
  LeftoversTest() {
    EXPECT_THAT(leftovers.begin({.prefix = "homeassistant",
                                 .base = "bluetti",
                                 .bridge_availability = "bluetti/bridge/availability",
                                 .bridge_document = "homeassistant/device/bluetti_gateway_1/config",
                                 .serials = {"1001"},
                                 .ids = {"one"}},
                                now),
                ElementsAre("homeassistant/device/+/config"));
  }
  Leftovers::Found on(std::string_view topic, const std::string& payload, bool is_known = false) {
    return leftovers.on_message(
        topic, payload, [is_known](std::string_view) { return is_known; }, now);
  }

  gateway::TimePoint now{std::chrono::hours(1)};
  Leftovers leftovers;
};

TEST_F(LeftoversTest, AStationThatIsNotConfiguredIsClearedWithAllItsTopics) {
  const Leftovers::Found found = on(kGone, document("nine"));
  EXPECT_THAT(found.clear, ElementsAre(kGone));
  EXPECT_THAT(found.subscribe, ElementsAre("bluetti/nine/#"));
  EXPECT_EQ(found.gone, "nine");
  EXPECT_THAT(on("bluetti/nine/cell/7/voltage", "3.3").clear, ElementsAre("bluetti/nine/cell/7/voltage"));
  EXPECT_THAT(on("bluetti/nine_b/soc", "3").clear, IsEmpty());
  EXPECT_THAT(leftovers.end(), ElementsAre("homeassistant/device/+/config", "bluetti/nine/#"));
}

TEST_F(LeftoversTest, WhatIsNotOursIsLeftAlone) {
  EXPECT_THAT(on(kGone, document("nine", "bluetti/bridge", "zigbee2mqtt")).clear, IsEmpty());
  EXPECT_THAT(on(kGone, document("nine", "elsewhere/bridge")).clear, IsEmpty());
  EXPECT_THAT(on(kGone, document("nine", "bluetti/bridge/2")).clear, IsEmpty()) << "of another gateway of the group";
  for (const char* payload :
       {"", "online", "[]", "{}", R"({"origin":7})", R"({"origin":{"name":"BLUETTI Gateway"}})"}) {
    EXPECT_THAT(on(kGone, payload).clear, IsEmpty()) << payload;
  }
  EXPECT_THAT(on("homeassistant/device/bluetti_gateway_1/config", document("nine")).clear, IsEmpty());
}

TEST_F(LeftoversTest, TheTopicsOfAnIdThatIsInUseStay) {
  const Leftovers::Found found = on(kGone, document("one"));
  EXPECT_THAT(found.clear, ElementsAre(kGone));
  EXPECT_THAT(found.subscribe, IsEmpty());
}

TEST_F(LeftoversTest, ADocumentOfAConfiguredStationIsRememberedIfNobodyDoes) {
  const Leftovers::Found found = on("homeassistant/device/bluetti_1001_pack_2/config", document("one"));
  EXPECT_THAT(found.clear, IsEmpty());
  EXPECT_EQ(found.serial, "1001");
  EXPECT_THAT(found.announced.components, ElementsAre("button:boost", "sensor:soc"));
  EXPECT_EQ(on("homeassistant/device/bluetti_1001/config", document("one"), true).serial, "");
}

}  // namespace
}  // namespace bluetti::test
