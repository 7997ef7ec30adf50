// SPDX-License-Identifier: MIT
#include "gateway/local/published_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::test {
namespace {

using gateway::PublishedMemory;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class PublishedMemoryTest : public testing::Test {
 protected:
  static discovery::Document document(std::string topic, std::vector<std::string> components) {
    return {.topic = std::move(topic), .payload = "{}", .components = std::move(components), .removed = {}};
  }

  PublishedMemory::Stations stations;
  gateway::Departed::Devices devices;
  gateway::Departed departed{devices};
  PublishedMemory memory{stations, departed};
  gateway::TimePoint now{std::chrono::hours(1)};
};

TEST_F(PublishedMemoryTest, WhatIsPublishedForTheFirstTimeLeavesNothingBehind) {
  EXPECT_THAT(memory.move_to("1001", "bluetti", "garage", {"soc", "power"}), IsEmpty());
  EXPECT_TRUE(memory.take_changed());
  EXPECT_THAT(memory.move_to("1001", "bluetti", "garage", {"power", "soc"}), IsEmpty());
  EXPECT_FALSE(memory.take_changed());
}

TEST_F(PublishedMemoryTest, PathsThatAreNoMoreAreGone) {
  (void)memory.move_to("1001", "bluetti", "garage", {"soc", "power"});
  EXPECT_THAT(memory.move_to("1001", "bluetti", "garage", {"soc"}), UnorderedElementsAre("bluetti/garage/power"));
}

TEST_F(PublishedMemoryTest, ARenamedStationLeavesAllItsTopics) {
  (void)memory.move_to("1001", "bluetti", "garage", {"soc", "power"});
  EXPECT_THAT(memory.move_to("1001", "bluetti", "cellar", {"soc", "power"}),
              UnorderedElementsAre("bluetti/garage/soc", "bluetti/garage/power"));
}

TEST_F(PublishedMemoryTest, AnotherBaseLeavesTheTopicsBelowTheOldOne) {
  (void)memory.move_to("1001", "bluetti", "garage", {"soc"});
  EXPECT_THAT(memory.move_to("1001", "home/power", "garage", {"soc"}), UnorderedElementsAre("bluetti/garage/soc"));
}

TEST_F(PublishedMemoryTest, AStationThatLeftTheConfigurationLeavesTopicsAndDocuments) {
  (void)memory.move_to("1001", "bluetti", "garage", {"soc"});
  memory.remember_documents("1001", {document("homeassistant/device/bluetti_1001/config", {"sensor:soc"})}, now);
  memory.remember_documents(std::string(PublishedMemory::kBridge),
                            {document("homeassistant/device/bridge/config", {"button:restart"})}, now);
  EXPECT_THAT(memory.take_strangers({"2002"}),
              UnorderedElementsAre("bluetti/garage/soc", "homeassistant/device/bluetti_1001/config"));
  EXPECT_THAT(memory.take_strangers({"2002"}), IsEmpty());
  EXPECT_EQ(stations.size(), 1U) << "the bridge is no station, and stays";
  EXPECT_THAT(departed.topics(), ElementsAre("homeassistant/device/bluetti_1001/config"));
}

TEST_F(PublishedMemoryTest, DocumentsAreKnownWithTheirComponents) {
  EXPECT_THAT(memory.announced("1001"), IsEmpty());
  memory.remember_documents("1001", {document("ha/device/bluetti_1001/config", {"sensor:soc"})}, now);
  EXPECT_THAT(memory.announced("1001"),
              ElementsAre(discovery::Announced{"ha/device/bluetti_1001/config", {"sensor:soc"}}));
}

TEST_F(PublishedMemoryTest, ADocumentThatWasTakenAwayIsForgotten) {
  memory.remember_documents("1001", {document("ha/device/bluetti_1001/config", {"sensor:soc"})}, now);
  discovery::Document gone = document("ha/device/bluetti_1001/config", {});
  gone.payload.clear();
  memory.remember_documents("1001", {gone}, now);
  EXPECT_THAT(memory.announced("1001"), IsEmpty());
}

TEST_F(PublishedMemoryTest, DocumentsCanBeTakenBackAltogether) {
  memory.remember_documents("1001", {document("ha/device/bluetti_1001/config", {"sensor:soc"})}, now);
  EXPECT_THAT(memory.take_documents("1001"), ElementsAre("ha/device/bluetti_1001/config"));
  EXPECT_THAT(memory.take_documents("1001"), IsEmpty());
}

TEST_F(PublishedMemoryTest, EqualStationsShareOneListOfPaths) {
  (void)memory.move_to("1001", "bluetti", "one", {"soc", "power"});
  (void)memory.move_to("1002", "bluetti", "two", {"power", "soc"});
  EXPECT_EQ(stations["1001"].paths, stations["1002"].paths);
}

TEST_F(PublishedMemoryTest, AComponentThatWentIsTakenAwayForADay) {
  discovery::Document changed = document("ha/device/bluetti_1001/config", {"sensor:soc"});
  changed.removed = {"sensor:power"};
  memory.remember_documents("1001", {changed}, now);
  memory.remember_documents("1001", {document("ha/device/bluetti_1001/config", {"sensor:soc"})}, now);
  EXPECT_THAT(memory.buried("1001", "ha/device/bluetti_1001/config"), ElementsAre("sensor:power"));
  memory.forget_old_burials("1001", now + std::chrono::hours(23));
  EXPECT_THAT(memory.buried("1001", "ha/device/bluetti_1001/config"), ElementsAre("sensor:power"));
  memory.forget_old_burials("1001", now + std::chrono::hours(24));
  EXPECT_THAT(memory.buried("1001", "ha/device/bluetti_1001/config"), IsEmpty());
}

TEST_F(PublishedMemoryTest, AComponentThatIsBackIsNotTakenAway) {
  discovery::Document changed = document("ha/device/bluetti_1001/config", {"sensor:soc"});
  changed.removed = {"sensor:power"};
  memory.remember_documents("1001", {changed}, now);
  memory.remember_documents("1001", {document("ha/device/bluetti_1001/config", {"sensor:power", "sensor:soc"})}, now);
  EXPECT_THAT(memory.buried("1001", "ha/device/bluetti_1001/config"), IsEmpty());
}

TEST_F(PublishedMemoryTest, ADocumentThatTheBrokerWasFoundToHoldIsAsIfItHadBeenPublished) {
  memory.adopt("1001", {.topic = "ha/device/bluetti_1001/config", .components = {"sensor:old"}});
  EXPECT_TRUE(memory.has_document("ha/device/bluetti_1001/config"));
  EXPECT_THAT(memory.announced("1001"), testing::SizeIs(1));
}

}  // namespace
}  // namespace bluetti::test
