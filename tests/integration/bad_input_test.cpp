// SPDX-License-Identifier: MIT
// What goes wrong in real life, and what the user is told: what happened, where, and what to do. The rest goes on.
#include <gmock/gmock.h>

#include <chrono>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;
using BadInput = World;

constexpr const char* kFromStation = "PUB/AP300/2345000000001";

TEST_F(BadInput, AWrongCertificatePassword) {
  const Finished result = run_gateway({.password = "secret-but-wrong"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.output, HasSubstr("client.pfx"));
  EXPECT_THAT(result.output, HasSubstr("password"));
  EXPECT_THAT(result.output, testing::Not(HasSubstr("secret-but-wrong")));
}

TEST_F(BadInput, AMissingCertificate) {
  const Finished result = run_gateway({.certificate = "nowhere.pfx"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.output, HasSubstr("nowhere.pfx: No such file or directory"));
  EXPECT_THAT(result.output, HasSubstr("correct `certificate`"));
}

TEST_F(BadInput, AnExpiredClientCertificate) {
  start_gateway({.certificate = "expired.pfx"});
  EXPECT_TRUE(gateway->says("expired.pfx expired on 2020-02-01")) << gateway->output();
  EXPECT_TRUE(gateway->says("[cloud home] cannot connect")) << gateway->output();
  EXPECT_TRUE(reads("bluetti/bridge/availability", "online")) << "the local side does not suffer";
}

TEST_F(BadInput, ACloudBrokerThatRefusesTheClient) {
  start_gateway({.certificate = "stranger.pfx"});
  EXPECT_TRUE(gateway->says("[cloud home] cannot connect to " + cloud.url())) << gateway->output();
  EXPECT_TRUE(gateway->says("trying again in")) << gateway->output();
  EXPECT_TRUE(reads("bluetti/bridge/availability", "online"));
}

TEST_F(BadInput, ACloudBrokerWhoseCertificateIsNotTrusted) {
  const std::filesystem::path config = write_config();
  std::string text = run_to_end({"cat", config.string()}).output;
  text.replace(text.find("/ca.pem"), 7, "/client.pem");
  dir.write("gateway.toml", text);
  gateway.emplace(std::vector<std::string>{gateway_binary(), "run", "--config", config.string()}, dir.path() / "log");
  EXPECT_TRUE(gateway->says("is not trusted: give its CA as `ca`")) << gateway->output();
}

TEST_F(BadInput, AnUnknownModel) {
  const Finished result = run_gateway({.model = "AP30"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.output, HasSubstr("gateway.toml:14:9: station.model: "));
  EXPECT_THAT(result.output, HasSubstr("did you mean 'AP300'?"));
}

TEST_F(BadInput, AMisspeltKey) {
  const Finished result = run_gateway({.extra = "modle = \"AP300\"\n"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.output, HasSubstr("gateway.toml:17:1: "));
  EXPECT_THAT(result.output, HasSubstr("did you mean 'model'?"));
}

// Things on the cloud broker that are not what they should be. The station's own answers come through all the same.
class BadMessage : public World {
 protected:
  void SetUp() override {
    start_simulator({"--push-interval", "0", "--speed", "60"});
    start_gateway();
    ASSERT_TRUE(reads("bluetti/living_room/availability", "online")) << gateway->output();
  }

  void expect_told_and_unharmed(const std::string& message) {
    EXPECT_TRUE(gateway->says("[living_room] dropped a message from the cloud: " + message)) << gateway->output();
    EXPECT_TRUE(reads("bluetti/living_room/model", "AP300"));
    const std::size_t seen = watcher.messages().size();
    EXPECT_TRUE(eventually([&] { return watcher.messages().size() > seen; })) << "values keep coming";
    EXPECT_EQ(watcher.latest("bluetti/living_room/availability"), "online");
  }
};

using namespace std::string_view_literals;
constexpr std::string_view kEnvelope = "\x01\xf8\x0f\0\0\0\0\xb5\0\0"sv;

TEST_F(BadMessage, AFrameWithABadCrc) {
  cloud.publish(kFromStation, std::string(kEnvelope) + std::string("\x00\x03\x02\x00\x57\xff\xff"sv));
  expect_told_and_unharmed("a broken Modbus frame: ");
}

TEST_F(BadMessage, ATruncatedFrame) {
  cloud.publish(kFromStation, std::string(kEnvelope) + std::string("\x00\x03"sv));
  expect_told_and_unharmed("a broken Modbus frame: ");
}

TEST_F(BadMessage, AFrameFromAnotherUnit) {
  // Unit 51, function 03, one register: CRC computed for these bytes.
  cloud.publish(kFromStation, std::string(kEnvelope) + std::string("\x33\x03\x02\x00\x57\xc0\x7e"sv));
  expect_told_and_unharmed("from another Modbus unit");
}

TEST_F(BadMessage, SomethingThatIsNoFrameAtAll) {
  cloud.publish(kFromStation, "hello");
  expect_told_and_unharmed("not in the envelope of this model");
}

class RetainedMessage : public World {};

TEST_F(RetainedMessage, OnTheCloudTopicIsNotTheStationSpeaking) {
  // A good push of block 100, 3 registers, SOC 99: CRC computed for these bytes.
  const auto push = "\x00\x10\x00\x64\x00\x03\x06\x00\x00\x00\x00\x00\x63\xe6\x43"sv;
  cloud.publish(kFromStation, std::string(kEnvelope) + std::string(push), true);
  start_gateway();
  EXPECT_TRUE(gateway->says("dropped a message from the cloud: a retained message")) << gateway->output();
  EXPECT_EQ(retained()["bluetti/living_room/availability"], "offline");
  EXPECT_FALSE(retained().contains("bluetti/living_room/soc"));
}

}  // namespace
}  // namespace bluetti::test
