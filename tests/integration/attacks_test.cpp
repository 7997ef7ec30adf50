// SPDX-License-Identifier: MIT
// What a hostile client of either broker sends, to the real binary: it stays within the memory that our manifests allow
// (MemoryMax, Kubernetes), within a few kilobytes of log, and values go on.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;

constexpr const char* kOwnTopic = "PUB/AP300/2345000000001";
constexpr long kMostMemory = 64 * 1024;  // kB

// A control group of Linux with so much memory and no more, such as a service manager and Kubernetes make.
class MemoryLimit {
 public:
  explicit MemoryLimit(long bytes) {
    const std::filesystem::path root = "/sys/fs/cgroup";
    const bool is_unified = std::filesystem::exists(root / "cgroup.controllers");
    folder_ = (is_unified ? root : root / "memory") / ("bluetti-test-" + std::to_string(getpid()));
    std::error_code error;
    std::filesystem::create_directory(folder_, error);
    holds_ = put(is_unified ? "memory.max" : "memory.limit_in_bytes", std::to_string(bytes));
    // No swap, where it is counted.
    if (holds_)
      put(is_unified ? "memory.swap.max" : "memory.memsw.limit_in_bytes", is_unified ? "0" : std::to_string(bytes));
  }
  ~MemoryLimit() {
    std::error_code error;
    std::filesystem::remove(folder_, error);
  }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

  [[nodiscard]] bool holds() const { return holds_; }
  // Puts itself into the group and becomes the command that follows.
  [[nodiscard]] std::vector<std::string> launcher() const {
    return {"sh", "-c", "echo $$ >\"$0\" && exec \"$@\"", (folder_ / "cgroup.procs").string()};
  }

 private:
  bool put(const char* name, const std::string& value) const {
    std::ofstream file(folder_ / name);
    return file.is_open() && static_cast<bool>(file << value << std::flush);
  }
  std::filesystem::path folder_;
  bool holds_ = false;
};

class Attack : public World {
 protected:
  void SetUp() override { start_simulator({"--push-interval", "0", "--speed", "60"}); }
  void start(const GatewaySetup& setup = {}) {
    start_gateway(setup);
    ASSERT_TRUE(reads("bluetti/living_room/availability", "online")) << gateway->output();
  }

  // The most that the process ever had in memory, in kB.
  [[nodiscard]] long peak_memory() const {
    std::ifstream status("/proc/" + std::to_string(gateway->pid()) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
    }
    return -1;
  }
  void expect_little_memory() const {
    const long peak = peak_memory();
    std::cout << "peak memory " << peak << " kB\n";
    EXPECT_GT(peak, 0);
    EXPECT_TRUE(is_sanitized() || peak < kMostMemory);
  }
  // Values go on.
  void expect_news() {
    const auto seen = watcher.messages().size();
    const auto is_new = [&] {
      const auto messages = watcher.messages();
      return std::any_of(messages.begin() + static_cast<std::ptrdiff_t>(seen), messages.end(), [](const auto& message) {
        return message.first.starts_with("bluetti/living_room/") && !message.second.empty();
      });
    };
    EXPECT_TRUE(eventually(is_new)) << gateway->output();
  }
};

TEST_F(Attack, HugeMessagesFromTheLocalBrokerTakeLittleMemory) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  start({.local = "requests = true\n"});
  const std::string huge(50'000'000, 'A');
  for (const char* topic : {"bluetti/bridge/request", "homeassistant/status", "bluetti/bridge/restart/set"}) {
    const std::size_t before = gateway->times_said("[local] connected");
    local.publish(topic, huge);
    // The first ends the connection; from then on the broker, asked for it by MQTT 5, keeps them back.
    const auto is_back = [&] { return before > 1 || gateway->times_said("[local] connected") > before; };
    ASSERT_TRUE(eventually(is_back)) << gateway->output();
  }
  EXPECT_EQ(gateway->times_said("a message of more than 4 MB came"), 1U) << gateway->output();
  EXPECT_TRUE(gateway->says("find out who publishes it")) << gateway->output();
  expect_news();
  expect_little_memory();
}

TEST_F(Attack, AHugeRetainedMessageDoesNotKeepTheGatewayOut) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  local.publish("bluetti/bridge/log_level/set", std::string(20'000'000, 'A'), true);
  start();
  EXPECT_LE(gateway->times_said("[local] lost the connection"), 1U) << gateway->output();
  expect_news();
  expect_little_memory();
}

TEST_F(Attack, HugeMessagesFromTheCloudTakeLittleMemory) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  start();
  for (std::size_t round = 1; round <= 3; ++round) {
    cloud.publish(kOwnTopic, std::string(50'000'000, 'A'));
    ASSERT_TRUE(eventually([&] { return gateway->times_said("a message of more than 4 MB came") == round; }))
        << gateway->output();
    ASSERT_TRUE(eventually([&] { return gateway->times_said("[cloud home] connected") > round; })) << gateway->output();
  }
  expect_news();
  expect_little_memory();
}

// The kernel kills what needs more.
TEST_F(Attack, HugeMessagesDoNotEndAGatewayThatMayUseHalfOfWhatOurManifestsAllow) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  const MemoryLimit limit(kMostMemory * 1024);
  if (!limit.holds()) GTEST_SKIP() << "needs root and the memory controller of control groups";
  start({.local = "requests = true\n", .launcher = limit.launcher()});
  for (std::size_t round = 1; round <= 3; ++round) {
    cloud.publish(kOwnTopic, std::string(100'000'000, 'A'));
    local.publish("bluetti/bridge/request", std::string(100'000'000, 'A'));
    ASSERT_TRUE(eventually([&] { return gateway->times_said("[cloud home] connected") > round; })) << gateway->output();
  }
  EXPECT_FALSE(gateway->wait(std::chrono::milliseconds(0))) << gateway->output();
  expect_news();
  expect_little_memory();
  gateway.reset();
}

// Just below what ends a connection, and just above what is taken in.
TEST_F(Attack, LargeMessagesAgainAndAgainTakeLittleMemory) {
  start({.local = "requests = true\n"});
  for (int round = 0; round < 10; ++round) {
    cloud.publish(kOwnTopic, std::string(4'000'000, 'A'));
    local.publish("bluetti/bridge/request", std::string(4'000'000, 'A'));
    local.publish("bluetti/bridge/request", std::string(250'000, 'A'));
  }
  EXPECT_TRUE(gateway->says("a message of 4000000 bytes on bluetti/bridge/request was not taken in"));
  EXPECT_TRUE(gateway->says("a message of 4000000 bytes on PUB/AP300")) << gateway->output();
  EXPECT_EQ(gateway->times_said("lost the connection"), 0U) << gateway->output();
  expect_news();
  expect_little_memory();
}

TEST_F(Attack, AFloodOfWishesFillsNoLog) {
  start();
  const std::size_t before = gateway->output().size();
  std::string lines;
  for (int each = 0; each < 20'000; ++each) lines += "n" + std::to_string(each) + "\n";
  const auto file = dir.write("lines", lines);
  std::string command = "mosquitto_pub -l -t bluetti/bridge/log_level/set";
  for (const std::string& argument : local.client_arguments()) command += " " + argument;
  ASSERT_EQ(run_to_end({"sh", "-c", command + " <" + file.string()}).code, 0);
  local.publish("bluetti/bridge/log_level/set", "debug");
  EXPECT_TRUE(reads("bluetti/bridge/log_level", "debug"));
  EXPECT_LT(gateway->output().size() - before, 60'000U);
}

TEST_F(Attack, ForgedAvailabilityOfTheGatewayAndAStationIsCorrected) {
  start();
  for (const char* topic : {"bluetti/bridge/availability", "bluetti/living_room/availability"}) {
    local.publish(topic, "offline", true);
    EXPECT_TRUE(reads(topic, "offline"));
    EXPECT_TRUE(reads(topic, "online")) << gateway->output();
  }
}

// The broker confirms what its access list forbids, or ends the connection again and again.
TEST_F(Attack, ABrokerThatDropsWhatIsPublishedIsNotHealthy) {
  local.stop();
  local.start("acl_file " + dir.write("acl", "topic read #\n").string() + "\n");
  start_gateway();
  const auto is_noticed = [&] {
    const std::string config = (dir.path() / "gateway.toml").string();
    const Finished health = run_to_end({gateway_binary(), "health", "--config", config, "--max-silence", "0"});
    return health.code == 1 && health.output.find("local broker") != std::string::npos &&
           gateway->times_said("connected") > 0;
  };
  EXPECT_TRUE(eventually(is_noticed, 150s)) << gateway->output();
}

}  // namespace
}  // namespace bluetti::test
