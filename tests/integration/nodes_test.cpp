// SPDX-License-Identifier: MIT
// A local broker that is found at several addresses, as a cluster is. Two mosquitto know nothing of each other, so what
// is retained on one is what the gateway has published there.
#include <algorithm>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

class NodesOfABroker : public World {
 protected:
  [[nodiscard]] std::string both() const { return "[\"" + local.url() + "\", \"" + other.url() + "\"]"; }

  Broker other{Broker::Kind::plain};
  Subscriber other_watcher{other, {"#"}};
};

TEST_F(NodesOfABroker, ANodeThatIsGoneIsReplacedByTheNextAndWhatIsRetainedIsThere) {
  start_simulator();
  start_gateway({.url = both()});
  ASSERT_TRUE(reads_something("bluetti/living_room/soc")) << gateway->output();
  EXPECT_TRUE(gateway->says("[local] connected to " + local.url())) << gateway->output();
  EXPECT_EQ(other_watcher.latest("bluetti/bridge/availability"), "");
  const auto topics = retained();

  local.stop();
  ASSERT_TRUE(gateway->says("[local] connected to " + other.url())) << gateway->output();
  EXPECT_TRUE(gateway->says("[local] lost the connection to " + local.url())) << gateway->output();
  EXPECT_TRUE(gateway->says("; trying the next address")) << gateway->output();
  EXPECT_FALSE(gateway->says("trying again in", 0ms)) << "no wait: " << gateway->output();
  EXPECT_TRUE(eventually([&] {
    const auto there = Subscriber::retained(other, "bluetti/#");
    return std::ranges::all_of(topics, [&](const auto& topic) { return there.contains(topic.first); });
  })) << gateway->output();
}

TEST_F(NodesOfABroker, ThatAreAllGoneAreTriedAgainUntilOneIsBack) {
  start_simulator();
  start_gateway({.url = both()});
  ASSERT_TRUE(reads_something("bluetti/living_room/soc")) << gateway->output();
  other.stop();
  local.stop();
  EXPECT_TRUE(gateway->says("[local] cannot connect to " + other.url())) << gateway->output();
  EXPECT_TRUE(gateway->says("trying again in 1 s")) << gateway->output();
  other.start();
  EXPECT_TRUE(gateway->says("[local] connected to " + other.url())) << gateway->output();
}

TEST_F(NodesOfABroker, AnAddressAtWhichTheClientIsRefusedIsPassedOver) {
  local.stop();
  local.start("allow_anonymous false\n");
  start_simulator();
  start_gateway({.url = both()});
  EXPECT_TRUE(eventually([&] { return other_watcher.latest("bluetti/bridge/availability") == "online"; }))
      << gateway->output();
  EXPECT_TRUE(gateway->says("[local] cannot connect to " + local.url() + ": not authorised")) << gateway->output();
}

TEST_F(NodesOfABroker, CommandsGoToTheNextAddressToo) {
  start_simulator();
  start_gateway({.local = "requests = true\n"});
  ASSERT_TRUE(reads_something("bluetti/living_room/soc")) << gateway->output();
  other.stop();
  const auto config = write_config({.url = "[\"" + other.url() + "\", \"" + local.url() + "\"]"});
  const Finished scan = run_to_end({gateway_binary(), "scan", "--config", config.string(), "--blocks", "1300"});
  EXPECT_EQ(scan.code, 0) << scan.output;
  EXPECT_NE(scan.output.find("reading through the running gateway"), std::string::npos) << scan.output;
}

}  // namespace
}  // namespace bluetti::test
