// SPDX-License-Identifier: MIT
// A configuration that changes while the gateway runs.
#include <signal.h>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

class Reload : public World {
 protected:
  static constexpr const char* kBridge = "bluetti/bridge/availability";
  static constexpr const char* kRestart = "bluetti/bridge/restart/set";

  void SetUp() override {
    start_simulator();
    start_gateway();
    ASSERT_TRUE(reads(kBridge, "online")) << gateway->output();
    ASSERT_TRUE(gateway->says("[cloud home] connected")) << gateway->output();
  }

  // How often the gateway has said it.
  [[nodiscard]] int times(std::string_view text) const {
    const std::string output = gateway->output();
    int count = 0;
    for (std::size_t at = 0; (at = output.find(text, at)) != std::string::npos; ++at) ++count;
    return count;
  }
};

TEST_F(Reload, ConnectsAnewOnlyWhatChanged) {
  write_config({.extra = "[discovery]\nbirth_topic = \"other/status\"\n"});
  gateway->signal(SIGHUP);
  EXPECT_TRUE(gateway->says("changed: discovery.birth_topic: homeassistant/status -> other/status"));
  EXPECT_TRUE(eventually([&] { return times("[local] connected") == 2; })) << gateway->output();
  EXPECT_TRUE(reads(kBridge, "online")) << gateway->output();
  EXPECT_EQ(times("[cloud home] connected"), 1) << gateway->output();
}

TEST_F(Reload, BeginsTheSessionOfAChangedAccountAnew) {
  write_config(
      {.extra = "[[account]]\nid = \"other\"\nurl = \"mqtt://127.0.0.1:9\"\n[defaults]\naccount = \"home\"\n"});
  gateway->signal(SIGHUP);
  EXPECT_TRUE(gateway->says("changed: account.other: new")) << gateway->output();
  EXPECT_TRUE(gateway->says("[cloud other] cannot connect")) << gateway->output();
  EXPECT_EQ(times("[cloud home] connected"), 1) << gateway->output();
  EXPECT_EQ(times("[local] connected"), 1) << gateway->output();
}

TEST_F(Reload, TellsWhatStationsShareOnce) {
  write_config({.extra = "[defaults]\npoll = { battery = 7 }\n"});
  gateway->signal(SIGHUP);
  EXPECT_TRUE(gateway->says("changed: defaults.poll.battery: (none) -> 7")) << gateway->output();
  write_config({.extra = "[defaults]\npoll = { battery = 9 }\n"});
  gateway->signal(SIGHUP);
  EXPECT_TRUE(gateway->says("changed: defaults.poll.battery: 7 -> 9")) << gateway->output();
  EXPECT_EQ(times("poll.battery"), 2) << gateway->output();
}

TEST_F(Reload, WithAnErrorChangesNothing) {
  write_config({.extra = "seriel = \"1\"\n"});
  gateway->signal(SIGHUP);
  EXPECT_TRUE(gateway->says("station.seriel: unknown key; did you mean 'serial'?")) << gateway->output();
  EXPECT_TRUE(gateway->says("going on with the one before")) << gateway->output();
  EXPECT_EQ(watcher.latest(kBridge), "online");
}

TEST_F(Reload, ARestartWaitsUntilTheConfigurationIsGood) {
  write_config({.extra = "seriel = \"1\"\n"});
  local.publish(kRestart, "PRESS");
  EXPECT_TRUE(gateway->says("not restarted, for the configuration has errors")) << gateway->output();
  EXPECT_EQ(watcher.latest(kBridge), "online");
  write_config();
  local.publish(kRestart, "PRESS");
  EXPECT_TRUE(eventually([&] { return times("[local] connected") == 2; })) << gateway->output();
  gateway->signal(SIGTERM);
  EXPECT_EQ(gateway->wait(), 0);
}

TEST_F(World, OnceWritesTheStateFile) {
  start_simulator();
  ASSERT_TRUE(simulator->says("connected")) << simulator->output();
  const Finished result = run_gateway({}, {"--once"});
  EXPECT_EQ(result.code, 0) << result.output;
  EXPECT_TRUE(std::filesystem::exists(dir.path() / "gateway.state.json"));
}

}  // namespace
}  // namespace bluetti::test
