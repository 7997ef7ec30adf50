// SPDX-License-Identifier: MIT
// Keeps the real binary busy for as long as wished, with simulated stations at high speed and faults at random, and
// samples its memory, descriptors, threads and latency. Flat lines, or failure. Run by scripts/soak, which says what
// the environment may hold.
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <span>
#include <thread>

#include "tests/integration/fault_world.h"
#include "tests/integration/misbehaviour.h"

namespace bluetti::test {
namespace {

constexpr long kMostMemoryGrowth = 2048;  // kB
constexpr int kRowEvery = 60;             // seconds
constexpr std::size_t kHuge = 20'000'000;

int wish(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : otherwise;
}

struct Sample {
  long memory = 0;  // kB
  long descriptors = 0;
  long threads = 0;
  long latency = 0;  // ms, from a station's push to a subscriber of the local broker
};

// The median of one column.
long middle(std::span<const Sample> samples, long Sample::*column) {
  std::vector<long> values;
  for (const Sample& sample : samples) values.push_back(sample.*column);
  const auto centre = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), centre, values.end());
  return *centre;
}

class Soak : public FaultWorld {
 protected:
  using Clock = std::chrono::steady_clock;
  struct Fault {
    const char* name;
    std::function<void()> inject;
  };

  void SetUp() override {
    ASSERT_TRUE(eventually([this] { return station.connected(); }));
    const std::string folder = certificates().string();
    simulator_.emplace(std::vector<std::string>{gateway_binary(),
                                                "simulate",
                                                "--broker",
                                                cloud.url(),
                                                "--ca",
                                                folder + "/ca.pem",
                                                "--certificate",
                                                folder + "/client.pfx",
                                                "--password",
                                                std::string(kPassword),
                                                "--first-serial",
                                                std::to_string(kFirstSerial),
                                                "--stations",
                                                std::to_string(stations_),
                                                "--model",
                                                "AP300,EL100V2,ELITE200V2",
                                                "--speed",
                                                "60",
                                                "--push-interval",
                                                "300",
                                                "--seed",
                                                std::to_string(seed_)},
                       dir.path() / "simulator.log");
    start_gateway({.account = "requests_per_minute = 100000\n" + simulated_stations()});
    ASSERT_TRUE(eventually([this] { return latency() >= 0; })) << gateway->output();
  }

  // How long a push takes to a local subscriber; -1: it does not come through.
  long latency() {
    const auto pushed = Clock::now();
    station.push(kProbe);
    const int pulse = station.pulse();
    if (!eventually([&] { return latest_pulse() >= pulse; }, 3s)) return -1;
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - pushed).count();
  }

  void run_a_fault() {
    const std::size_t choice = random_() % faults_.size();
    ++tried_;
    faults_[choice].inject();
    std::this_thread::sleep_for(std::chrono::milliseconds(random_() % 2000));
    cloud_line.heal();
    local_line.heal();
    station.behave_well();
    const bool well = eventually([this] { return latency() >= 0; });
    EXPECT_TRUE(well) << faults_[choice].name << "\n" << gateway->output();
    survived_ += well ? 1 : 0;
  }

  Sample sample() {
    std::error_code unreadable;  // the process is private: root may count
    const std::filesystem::directory_iterator open("/proc/" + std::to_string(gateway->pid()) + "/fd", unreadable);
    return {.memory = memory(),
            .descriptors = unreadable ? 0 : std::distance(begin(open), end(open)),
            .threads = status_of(gateway->pid(), "Threads"),
            .latency = latency()};
  }

  void soak() {
    const auto begun = Clock::now();
    std::puts(
        "| minute | memory kB | descriptors | threads | latency ms | faults |\n| ---: | ---: | ---: | ---: | ---: | "
        "---: |");
    while (Clock::now() - begun < std::chrono::minutes(minutes_) && !HasFailure()) {
      for (int second = 0; second < kRowEvery; second += 3) {
        if (random_() % 4 == 0) run_a_fault();
        std::this_thread::sleep_for(3s);
        samples_.push_back(sample());
      }
      const std::span<const Sample> last = std::span(samples_).last(kRowEvery / 3);
      std::printf("| %ld | %ld | %ld | %ld | %ld | %d |\n",
                  static_cast<long>(std::chrono::duration_cast<std::chrono::minutes>(Clock::now() - begun).count()),
                  middle(last, &Sample::memory), middle(last, &Sample::descriptors), middle(last, &Sample::threads),
                  middle(last, &Sample::latency), tried_);
      std::fflush(stdout);
    }
  }

  // The second quarter, when everything has been seen once, against the last.
  void expect_flat_lines() const {
    const std::span<const Sample> all(samples_);
    const auto early = all.subspan(all.size() / 4, all.size() / 4);
    const auto late = all.last(all.size() / 4);
    const auto growth = [&](long Sample::*column) { return middle(late, column) - middle(early, column); };
    EXPECT_LE(growth(&Sample::memory), kMostMemoryGrowth);
    EXPECT_LE(growth(&Sample::descriptors), 0);
    EXPECT_LE(growth(&Sample::threads), 0);
    EXPECT_LE(growth(&Sample::latency), 20);
    std::printf(
        "stations %d, seed %d, faults survived %d of %d, memory growth %ld bytes, descriptors %+ld, threads %+ld\n",
        stations_, seed_, survived_, tried_, 1024 * growth(&Sample::memory), growth(&Sample::descriptors),
        growth(&Sample::threads));
  }

 private:
  static constexpr std::int64_t kFirstSerial = 2'345'000'000'001;

  [[nodiscard]] std::string simulated_stations() const {
    constexpr const char* kModels[] = {"AP300", "EL100V2", "ELITE200V2"};
    std::string config;
    for (int number = 0; number < stations_; ++number) {
      config += "[[station]]\nid = \"simulated_" + std::to_string(number + 1) + "\"\nmodel = \"" + kModels[number % 3] +
                "\"\nserial = \"" + std::to_string(kFirstSerial + number) +
                "\"\naccount = \"home\"\npoll = { core = 1, battery = 2, cells = 5 }\n";
    }
    return config;
  }

  [[nodiscard]] int latest_pulse() const {
    const std::string text = pulses_.latest("bluetti/probe/pulse");
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  const int minutes_ = wish("SOAK_MINUTES", 1);
  const int stations_ = wish("SOAK_STATIONS", 10);
  const int seed_ = wish("SOAK_SEED", 1);
  std::minstd_rand random_{static_cast<unsigned>(seed_)};
  Subscriber pulses_{local, {"bluetti/probe/pulse"}};  // the other one remembers too much to be asked often
  std::optional<Process> simulator_;
  std::vector<Sample> samples_;
  int tried_ = 0;
  int survived_ = 0;
  const std::vector<Fault> faults_{
      {"the cloud line is reset", [this] { cloud_line.reset_connections(); }},
      {"the cloud line stalls", [this] { cloud_line.set_both(FaultProxy::stalled_after(40)); }},
      {"the cloud's door resets", [this] { cloud_line.set_door(FaultProxy::Door::resets); }},
      {"the cloud broker restarts", [this] { cloud.stop(), cloud.start(); }},
      {"the local line is reset", [this] { local_line.reset_connections(); }},
      {"the local line stalls", [this] { local_line.set_both(FaultProxy::stalled_after(3)); }},
      {"the local line is slow", [this] { local_line.set(FaultProxy::Way::to_server, {.bytes_per_second = 5000}); }},
      {"the local broker restarts", [this] { local.stop(), local.start(); }},
      {"the station answers garbage",
       [this] { station.behave(misbehaviour::garbage(static_cast<std::uint32_t>(random_()))); }},
      {"the station is silent", [this] { station.behave(misbehaviour::silent()); }},
      {"the configuration is reloaded", [this] { gateway->signal(SIGHUP); }},
      {"Home Assistant is born", [this] { local.publish("homeassistant/status", "online"); }},
      {"the cloud sends a huge message", [this] { cloud.publish(kProbe, std::string(kHuge, 'x')); }},
      {"a local client sends a huge message",
       [this] { local.publish("bluetti/bridge/log_level/set", std::string(kHuge, 'x')); }},
      {"a local client forges availability",
       [this] {
         for (const char* topic : {"bluetti/bridge/availability", "bluetti/probe/availability"}) {
           local.publish(topic, "offline", true);
         }
       }},
      {"the local broker denies everything for a while",
       [this] {
         local.stop();
         local.start("acl_file " + dir.write("acl", "topic read none\n").string() + "\n");
         std::this_thread::sleep_for(2s);
         local.stop();
         local.start();
       }},
  };
};

TEST_F(Soak, LeavesFlatLines) {
  soak();
  expect_flat_lines();
  gateway->signal(SIGTERM);
  EXPECT_EQ(gateway->wait(), 0) << gateway->output();
  const std::string output = gateway->output();
  const std::size_t summary = output.rfind("[local] ");
  if (summary != std::string::npos) std::fputs(output.c_str() + summary, stdout);
}

}  // namespace
}  // namespace bluetti::test
