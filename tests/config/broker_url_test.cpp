// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "gateway/config/config.h"

namespace bluetti::gateway {
namespace {

TEST(BrokerUrl, ReadsSchemeHostAndPort) {
  const auto url = parse_broker_url("mqtts://iot.example.com:18760");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "iot.example.com");
  EXPECT_EQ(url->port, 18760);
}

TEST(BrokerUrl, HasThePortsOfMqttByDefault) {
  EXPECT_EQ(parse_broker_url("mqtt://broker")->port, 1883);
  EXPECT_EQ(parse_broker_url("mqtts://broker/")->port, 8883);
}

TEST(BrokerUrl, TextIsReadBackAsTheSame) {
  for (const char* text : {"mqtt://127.0.0.1:1883", "mqtts://host-1.example:1", "mqtts://[fe80::1]:8883"}) {
    EXPECT_EQ(parse_broker_url(text)->text(), text);
  }
  EXPECT_EQ(parse_broker_url("mqtt://[::1]")->text(), "mqtt://[::1]:1883");
}

TEST(BrokerUrl, TextNamesTheAddressThatIsMeant) {
  BrokerUrl url = *parse_broker_url("mqtts://broker");
  EXPECT_EQ(url.place(), "broker");
  url.address = "192.0.2.1";
  EXPECT_EQ(url.place(), "192.0.2.1");
  EXPECT_EQ(url.text(), "mqtts://broker:8883 (192.0.2.1)");
}

class BadBrokerUrl : public testing::TestWithParam<const char*> {};
TEST_P(BadBrokerUrl, IsRefused) {
  EXPECT_FALSE(parse_broker_url(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Urls, BadBrokerUrl,
                         testing::Values("", "broker", "broker:1883", "http://broker", "mqtt://", "mqtt://:1883",
                                         "mqtt://broker:", "mqtt://broker:0", "mqtt://broker:65536",
                                         "mqtt://broker:18x", "mqtt://broker:-1", "mqtt://user@broker",
                                         "mqtt://bro ker", "mqtt://broker/path", "mqtt://[::1", "mqtt://[::1]1883",
                                         "mqtt://::1:1883", "MQTT://broker"));

}  // namespace
}  // namespace bluetti::gateway
