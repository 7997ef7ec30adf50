// SPDX-License-Identifier: MIT
// The local broker fails: the cloud side goes on asking, nothing blocks, and afterwards every retained topic is there.
#include <iostream>
#include <thread>

#include "tests/integration/fault_world.h"

namespace bluetti::test {
namespace {

using Way = FaultProxy::Way;

class LocalFault : public FaultWorld {
 protected:
  // Reads that the station is asked for in this time: three together each second, if nothing holds the gateway up.
  [[nodiscard]] std::size_t requests_in(std::chrono::milliseconds time) const {
    const std::size_t before = station.requests();
    std::this_thread::sleep_for(time);
    return station.requests() - before;
  }

  void TearDown() override {
    EXPECT_TRUE(false_messages().empty()) << testing::PrintToString(false_messages());
    if (gateway && gateway->pid() > 0)
      std::cout << "| " << testing::UnitTest::GetInstance()->current_test_info()->name() << " | RssAnon " << memory()
                << " kB |\n";
  }
};

TEST_F(LocalFault, ABrokerThatStallsDoesNotHoldUpTheStations) {
  start_and_wait();
  const long before = memory();
  local_line.set_both(FaultProxy::stalled_after(3));
  EXPECT_GE(requests_in(3s), 5U);
  local_line.heal();
  EXPECT_TRUE(news("probe", 2s)) << gateway->output();
  EXPECT_LE(memory() - before, kMostGrowth);
}

TEST_F(LocalFault, ABrokerThatIsSlowGetsTheLatestInTheEndAndCostsNoMemory) {
  start_and_wait();
  const long before = memory();
  local_line.set(Way::to_server, {.bytes_per_second = 1000});
  local.publish("homeassistant/status", "online");  // everything again, on top
  EXPECT_GE(requests_in(4s), 8U);
  local_line.heal();
  EXPECT_TRUE(news("probe", 2s)) << gateway->output();
  EXPECT_LE(memory() - before, kMostGrowth);
}

TEST_F(LocalFault, AConnectionCutInMidPublishIsMadeAnewAndEverythingToldAgain) {
  start_and_wait();
  local_line.set(Way::to_server, FaultProxy::ended_after(5, FaultProxy::End::reset));
  EXPECT_TRUE(gateway->says("[local] lost the connection to")) << gateway->output();
  EXPECT_GE(requests_in(1500ms), 2U);
  local_line.heal();
  const std::size_t told = count("bluetti/probe/at_30200", "30200");
  EXPECT_TRUE(eventually([&] { return count("bluetti/probe/at_30200", "30200") > told; }, 6s)) << gateway->output();
}

TEST_F(LocalFault, ABrokerThatComesBackEmptyIsToldEverythingAgain) {
  start_and_wait();
  ASSERT_TRUE(eventually([this] { return !watcher.latest("homeassistant/device/bluetti_1/config").empty(); }));
  const std::size_t topics = Subscriber::retained(local, "#").size();
  local.stop();
  EXPECT_GE(requests_in(1500ms), 2U);
  local.start();
  EXPECT_TRUE(news("probe", 6s)) << gateway->output();
  EXPECT_EQ(Subscriber::retained(local, "#").size(), topics);
}

TEST_F(LocalFault, APasswordThatIsWrongIsNamedAndNotTriedAllTheTime) {
  local.stop();
  local.start("allow_anonymous false\n");
  start_gateway();
  EXPECT_TRUE(gateway->says("[local] cannot connect to mqtt://127.0.0.1:")) << gateway->output();
  EXPECT_TRUE(gateway->says("not authorised")) << gateway->output();
  EXPECT_GE(requests_in(3s), 5U) << "the station is asked all the same";
  EXPECT_LE(local_line.counts().connections, 3U) << gateway->output();
}

TEST_F(LocalFault, OnceEndsWithThreeIfThePasswordIsWrong) {
  local.stop();
  local.start("allow_anonymous false\n");
  std::vector<std::string> command = gateway_command();
  command.emplace_back("--once");
  EXPECT_EQ(run_to_end(std::move(command)).code, 3);
}

// MQTT 3.1.1 has no way to say no to a message: the broker takes it and drops it.
TEST_F(LocalFault, ABrokerThatDeniesEveryTopicBlocksNothing) {
  local.stop();
  local.start("acl_file " + dir.write("acl", "topic read #\n").string() + "\n");
  start_gateway();
  EXPECT_TRUE(gateway->says("[local] connected")) << gateway->output();
  EXPECT_TRUE(gateway->says("[probe] online")) << gateway->output();
  EXPECT_GE(requests_in(2s), 3U);
  EXPECT_TRUE(Subscriber::retained(local, "bluetti/#").empty());
}

}  // namespace
}  // namespace bluetti::test
