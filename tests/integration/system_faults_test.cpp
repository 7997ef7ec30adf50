// SPDX-License-Identifier: MIT
// What the rest of the world does to the gateway: time passes over certificates, clocks are set, name servers hang,
// somebody else takes the account. Each with its own story, so no rows.
#include <signal.h>

#include <thread>

#include "tests/integration/fault_world.h"
#include "tests/integration/misbehaviour.h"
#include "tests/integration/short_lived_certificate.h"
#include "tests/support/localhost.h"

namespace bluetti::test {
namespace {

class SystemFault : public FaultWorld {
 protected:
  void TearDown() override {
    EXPECT_TRUE(false_messages().empty()) << testing::PrintToString(false_messages());
    EXPECT_EQ(count(kBridge, "offline"), ends_ ? 1U : 0U) << "the bridge itself is well";
  }

  bool ends_ = false;  // the gateway does, by intention
};

TEST_F(SystemFault, ACertificateThatExpiresInMidSessionEndsTheNextHandshakeNotTheSession) {
  constexpr std::chrono::seconds kLives{15};
  const auto made = std::chrono::steady_clock::now();
  start_and_wait({.certificate = short_lived_certificate(dir, kLives).string()});
  std::this_thread::sleep_until(made + kLives + 1s);
  EXPECT_TRUE(news()) << "the session goes on: " << gateway->output();

  const std::size_t connections = cloud_line.counts().connections;
  cloud_line.reset_connections();
  EXPECT_TRUE(gateway->says("certificate expired")) << gateway->output();
  EXPECT_TRUE(gateway->says("get a new one")) << gateway->output();
  std::this_thread::sleep_for(1s);
  const std::size_t attempts = gateway->times_said("cannot connect");
  EXPECT_LE(cloud_line.counts().connections - connections, 3 * attempts)
      << "each with two looks at why it failed: " << gateway->output();
  EXPECT_EQ(watcher.latest("bluetti/probe/availability"), "online") << "within the grace";
}

// The log tells the wall-clock time: it shows that the clock was really turned.
class Clock : public SystemFault {
 protected:
  void turn(long seconds) {
    set_clock(seconds);
    station.send(kProbe, {std::to_string(seconds)});  // something to complain about, if not yet
    const std::size_t requests = station.requests();
    EXPECT_TRUE(news("probe", 2500ms)) << "values keep coming";
    std::this_thread::sleep_for(1s);
    EXPECT_TRUE(news("probe", 2500ms)) << "and keep coming";
    EXPECT_LE(station.requests() - requests, 12U) << "no storm";
  }
};

TEST_F(Clock, ThatJumpsChangesNothing) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer's library wants to be the first";
  start_and_wait({.meddling = true});
  turn(7 * 86400);
  const std::string output = gateway->output();
  turn(-7 * 86400);
  cloud_line.reset_connections();
  set_clock(3600);
  EXPECT_TRUE(news()) << "a session begins after it, too: " << gateway->output();
  EXPECT_EQ(count("bluetti/probe/availability", "offline"), 1U);
}

TEST_F(SystemFault, ANameServerThatHangsHoldsUpNobodyElse) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer's library wants to be the first";
  if (!test::knows_localhost()) GTEST_SKIP() << test::kNoLocalhost;
  hang_names(true);
  start_gateway({.cloud_host = "localhost", .second_account = true, .meddling = true});
  EXPECT_TRUE(eventually([this] { return watcher.latest(kBridge) == "online"; })) << gateway->output();
  EXPECT_TRUE(news("spare")) << "the other account's station: " << gateway->output();

  const std::size_t told = count("bluetti/spare/at_30306", "30306");
  local.publish("homeassistant/status", "online");
  EXPECT_TRUE(eventually([&] { return count("bluetti/spare/at_30306", "30306") > told; }, 6s)) << "republished";
  EXPECT_EQ(published_pulse("probe"), 0);

  hang_names(false);
  EXPECT_TRUE(news("probe", 2s)) << "as soon as the name is known: " << gateway->output();
}

TEST_F(SystemFault, AHangingNameServerDoesNotHoldUpTheEnd) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer's library wants to be the first";
  if (!test::knows_localhost()) GTEST_SKIP() << test::kNoLocalhost;
  hang_names(true);
  start_gateway({.cloud_host = "localhost", .meddling = true});
  EXPECT_TRUE(eventually([this] { return watcher.latest(kBridge) == "online"; })) << gateway->output();
  ends_ = true;
  gateway->signal(SIGTERM);
  EXPECT_EQ(gateway->wait(2s), 0) << gateway->output();
  ASSERT_TRUE(eventually([this] { return watcher.latest(kBridge) == "offline"; }));
  gateway.reset();
}

// The broker gives the session to who came last. Two that both want it back at once would fight for ever.
TEST_F(SystemFault, AnotherClientThatTakesTheSessionAgainAndAgainIsNotFoughtWith) {
  start_and_wait();
  const std::size_t before = cloud_line.counts().connections;
  {
    std::vector<std::string> rival{"mosquitto_sub", "-i", "home", "-t", "nothing"};
    for (const std::string& argument : cloud.client_arguments()) rival.push_back(argument);
    const Process process(rival, dir.path() / "rival.log");
    std::this_thread::sleep_for(6s);
    EXPECT_LE(cloud_line.counts().connections - before, 3U) << gateway->output();
  }
  EXPECT_TRUE(news("probe", 6s)) << "the rival has gone: " << gateway->output();
}

}  // namespace
}  // namespace bluetti::test
