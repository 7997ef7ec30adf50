// SPDX-License-Identifier: MIT
#include "protocol/cloud_topics.h"

#include <gtest/gtest.h>

#include <string>

namespace bluetti::protocol {
namespace {

constexpr CloudAddress kAddress{.model = "AP300", .serial = "2345000000001"};

TEST(CloudTopics, AreNamedFromTheBrokersSide) {
  EXPECT_EQ(from_station_topic(kAddress), "PUB/AP300/2345000000001");
  EXPECT_EQ(to_station_topic(kAddress), "SUB/AP300/2345000000001");
}

TEST(CloudTopics, ParseBackToTheAddress) {
  EXPECT_EQ(parse_from_station_topic("PUB/AP300/2345000000001"), kAddress);
  EXPECT_EQ(parse_to_station_topic("SUB/AP300/2345000000001"), kAddress);
}

TEST(CloudTopics, OfOneDirectionAreNotOfTheOther) {
  EXPECT_FALSE(parse_from_station_topic("SUB/AP300/2345000000001"));
  EXPECT_FALSE(parse_to_station_topic("PUB/AP300/2345000000001"));
}

class NotATopic : public testing::TestWithParam<std::string> {};

TEST_P(NotATopic, IsRefused) {
  EXPECT_FALSE(parse_from_station_topic("PUB" + GetParam()));
  EXPECT_FALSE(parse_to_station_topic("SUB" + GetParam()));
}

INSTANTIATE_TEST_SUITE_P(CloudTopics, NotATopic,
                         testing::Values("", "/", "//", "/AP300", "/AP300/", "//2345", "/AP300/2345/", "/AP300/2345/x",
                                         "/AP300//2345", "/+/2345", "/AP300/#", "/#", "/AP300/+", "AP300/2345",
                                         "/AP300/23\n45", "/AP300/23\xC3\xA9", std::string("/AP300/2\0", 9),
                                         "/AP300/" + std::string(65, '1'), "/" + std::string(65, 'A') + "/2345"));

TEST(CloudTopics, PrefixIsCaseSensitiveAndWhole) {
  EXPECT_FALSE(parse_from_station_topic("pub/AP300/2345"));
  EXPECT_FALSE(parse_from_station_topic("xPUB/AP300/2345"));
  EXPECT_FALSE(parse_from_station_topic("PUBLIC/IOT/POWER"));
}

TEST(TopicPart, IsWhatModelsAndSerialsConsistOf) {
  for (const std::string_view part : {"AC300", "EL30V2", "Elite 200 V2", "a.b_c-d", "0"}) {
    EXPECT_TRUE(is_topic_part(part)) << part;
  }
  EXPECT_TRUE(is_topic_part(std::string(64, 'A')));
}

TEST(TopicPart, IsNeverEmptyTooLongOrSpecialToMqtt) {
  for (const std::string_view part : {"", "+", "#", "a/b", "AP300+", "$SYS", "a\tb", "\x7F"}) {
    EXPECT_FALSE(is_topic_part(part)) << part;
  }
  EXPECT_FALSE(is_topic_part(std::string(65, 'A')));
}

}  // namespace
}  // namespace bluetti::protocol
