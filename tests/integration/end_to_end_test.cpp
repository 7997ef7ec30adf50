// SPDX-License-Identifier: MIT
// Stations on one broker, topics on the other, the real binary between them.
#include <signal.h>

#include <algorithm>
#include <chrono>

#include "tests/integration/gateway_fixture.h"
#include "tests/support/home_assistant_rules.h"

namespace bluetti::test {
namespace {

class EndToEnd : public World {
 protected:
  static constexpr const char* kBridge = "bluetti/bridge/availability";
  static constexpr const char* kStation = "bluetti/living_room/availability";
  static constexpr const char* kLastCell = "bluetti/living_room/cell/16/voltage";
};

std::vector<test_support::Message> messages(const std::map<std::string, std::string>& retained) {
  std::vector<test_support::Message> result;
  for (const auto& [topic, payload] : retained) result.push_back({topic, payload, true});
  return result;
}

// The documents that are there now, in the order in which their devices were first described.
std::vector<test_support::Message> in_order_of_appearance(std::map<std::string, std::string> retained,
                                                          const Subscriber& watcher) {
  std::vector<test_support::Message> result;
  for (const auto& [topic, payload] : watcher.messages()) {
    if (auto document = retained.extract(topic)) result.push_back({topic, document.mapped(), true});
  }
  return result;
}

TEST_F(EndToEnd, AStationOnTheCloudBrokerShowsUpOnTheLocalBroker) {
  start_simulator();
  start_gateway();
  EXPECT_TRUE(reads(kBridge, "online")) << gateway->output();
  EXPECT_TRUE(reads("bluetti/living_room/model", "AP300")) << gateway->output();
  EXPECT_TRUE(reads(kStation, "online")) << gateway->output();
}

TEST_F(EndToEnd, ValuesComeBeforeTheStationIsCalledOnline) {
  start_simulator({"--push-interval", "0"});
  ASSERT_TRUE(simulator->says("connected")) << simulator->output();
  start_gateway();
  ASSERT_TRUE(reads(kStation, "online")) << gateway->output();
  const auto all = watcher.messages();
  const auto online = std::ranges::find(all, std::pair<std::string, std::string>(kStation, "online"));
  EXPECT_TRUE(std::any_of(all.begin(), online, [](const auto& one) { return one.first == "bluetti/living_room/soc"; }));
}

TEST_F(EndToEnd, TheDiscoveryDocumentObeysHomeAssistantsRules) {
  start_simulator();
  start_gateway();
  ASSERT_TRUE(reads_something(kLastCell)) << gateway->output();
  ASSERT_TRUE(eventually([&] { return watcher.latest(kDocument).find("cell_16_voltage") != std::string::npos; }));
  const auto violations = test_support::home_assistant_violations(
      in_order_of_appearance(retained("homeassistant/#"), watcher), messages(retained()));
  EXPECT_TRUE(violations.empty()) << testing::PrintToString(violations);
}

TEST_F(EndToEnd, AStopSignalSaysOfflineAndEndsCleanlyWithinTwoSeconds) {
  start_simulator();
  start_gateway();
  ASSERT_TRUE(reads(kStation, "online")) << gateway->output();
  gateway->signal(SIGTERM);
  EXPECT_EQ(gateway->wait(2s), 0) << gateway->output();
  EXPECT_EQ(retained()[kBridge], "offline");
}

TEST_F(EndToEnd, AKilledGatewayLeavesItsLastWill) {
  start_gateway();
  ASSERT_TRUE(reads(kBridge, "online")) << gateway->output();
  gateway->signal(SIGKILL);
  EXPECT_TRUE(reads(kBridge, "offline"));
}

TEST_F(EndToEnd, ARestartedGatewayIsTheSameDeviceAndIsBackAtOnce) {
  start_simulator();
  start_gateway();
  ASSERT_TRUE(reads(kStation, "online")) << gateway->output();
  gateway->signal(SIGTERM);
  ASSERT_EQ(gateway->wait(), 0);
  ASSERT_TRUE(reads(kBridge, "offline"));
  start_gateway();
  EXPECT_TRUE(reads(kBridge, "online")) << gateway->output();
  EXPECT_TRUE(reads(kStation, "online")) << gateway->output();
  EXPECT_TRUE(reads_something(kDocument)) << gateway->output();
  const auto documents = retained("homeassistant/#");
  ASSERT_EQ(documents.size(), 2U) << "the station and the bridge";
  EXPECT_TRUE(documents.contains(kDocument));
}

TEST_F(EndToEnd, ALocalBrokerThatForgotEverythingIsToldEverythingAgain) {
  start_simulator();
  start_gateway();
  ASSERT_TRUE(reads_something(kLastCell)) << gateway->output();
  const std::size_t topics = retained().size();
  local.stop();
  EXPECT_TRUE(gateway->says("lost the connection to mqtt://"));
  local.start();
  EXPECT_TRUE(eventually([&] { return retained().size() >= topics; })) << retained().size() << " of " << topics;
  EXPECT_TRUE(retained("homeassistant/#").contains(kDocument));
  EXPECT_EQ(retained()[kBridge], "online");
}

TEST_F(EndToEnd, ACloudBrokerThatWasAwayIsFoundAgain) {
  start_simulator();
  start_gateway();
  ASSERT_TRUE(reads(kStation, "online")) << gateway->output();
  cloud.stop();
  EXPECT_TRUE(gateway->says("[cloud home] lost the connection"));
  const std::size_t lost = gateway->output().find("lost the connection");
  EXPECT_EQ(watcher.latest(kBridge), "online") << "the bridge itself is there";
  cloud.start();
  EXPECT_TRUE(eventually([&] { return gateway->output().find("[cloud home] connected", lost) != std::string::npos; }))
      << gateway->output();
  const std::size_t seen = watcher.messages().size();
  EXPECT_TRUE(eventually([&] { return watcher.messages().size() > seen; })) << "values flow again";
}

TEST_F(EndToEnd, StartsAndWaitsWhenNeitherBrokerIsThereYet) {
  cloud.stop();
  local.stop();
  start_gateway();
  EXPECT_TRUE(gateway->says("[local] cannot connect to mqtt://127.0.0.1:")) << gateway->output();
  EXPECT_TRUE(gateway->says("[cloud home] cannot connect to mqtts://127.0.0.1:")) << gateway->output();
  local.start();
  EXPECT_TRUE(reads(kBridge, "online")) << gateway->output();
  EXPECT_TRUE(reads(kStation, "offline"));
  cloud.start();
  start_simulator();
  EXPECT_TRUE(reads(kStation, "online")) << gateway->output();
}

TEST_F(EndToEnd, TheModelOfAStationIsFoundOutFromWhatItSends) {
  start_simulator({"--model", "EL100V2", "--push-interval", "1"});
  start_gateway({.model = "auto"});
  EXPECT_TRUE(gateway->says("[living_room] its model is Elite 100 V2")) << gateway->output();
  EXPECT_TRUE(reads("bluetti/living_room/model", "EL100V2")) << gateway->output();
  EXPECT_TRUE(reads(kStation, "online"));
}

TEST_F(EndToEnd, SchemasLaidOverTheBuiltInOnesAreTakenOnSighupAndABadOneIsRefused) {
  std::filesystem::create_directory(dir.path() / "overlay");
  start_simulator();
  start_gateway({.extra = "[schemas]\nfolders = [\"overlay\"]\n"});
  ASSERT_TRUE(reads_something("bluetti/living_room/grid_frequency")) << gateway->output();
  dir.write("overlay/grid.toml", R"(
id = 1300
name = "grid"
prefix = "utility"
poll = "grid"
evidence = "inferred"
fields = [ { name = "frequency", register = 1300, type = "u16", scale = 0.1, unit = "Hz" } ]
)");
  dir.write("overlay/bad.toml", "id = 1400\nname = \"load\"\nfieldz = []\n");
  gateway->signal(SIGHUP);
  EXPECT_TRUE(reads_something("bluetti/living_room/utility_frequency")) << gateway->output();
  EXPECT_TRUE(reads("bluetti/living_room/grid_frequency", "")) << "what is gone is cleared";
  EXPECT_TRUE(gateway->says("overlay/bad.toml:3:1: ")) << gateway->output();
  EXPECT_TRUE(reads_something("bluetti/living_room/load_ac_power")) << "the block it would have replaced goes on";
}

TEST_F(EndToEnd, OnceReadsEverythingPublishesAndEnds) {
  start_simulator();
  ASSERT_TRUE(simulator->says("connected")) << simulator->output();
  const Finished result = run_gateway({}, {"--once"});
  EXPECT_EQ(result.code, 0) << result.output;
  const auto topics = retained();
  EXPECT_TRUE(topics.contains("bluetti/living_room/soc"));
  EXPECT_TRUE(topics.contains(kLastCell));
  EXPECT_EQ(topics.at(kBridge), "offline");
}

TEST_F(EndToEnd, OnceFailsWithThreeWhenABrokerCannotBeReached) {
  cloud.stop();
  EXPECT_EQ(run_gateway({}, {"--once"}).code, 3);
}

}  // namespace
}  // namespace bluetti::test
