// SPDX-License-Identifier: MIT
// Faults that go on and on, and those that hit the process itself. After each, what is retained on the local broker is
// what an undisturbed run leaves there. A few seconds each; with FAULTS=long in the environment (ctest -L long) as long
// as their rows say.
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include "tests/integration/fault_world.h"
#include "tests/integration/misbehaviour.h"

namespace bluetti::test {
namespace {

using Action = std::function<void(FaultWorld&, std::chrono::seconds)>;

bool is_long() {
  const char* wish = std::getenv("FAULTS");
  return wish != nullptr && std::string_view(wish) == "long";
}

struct Ordeal {
  const char* name;
  Action endure;
  std::chrono::seconds briefly;
  std::chrono::seconds long_enough;
  const char* says = "";           // what the log must tell
  bool starves_sanitizer = false;  // UBSan opens a pipe to look at an object, and takes its absence for a wrong one

  friend void PrintTo(const Ordeal& ordeal, std::ostream* to) { *to << ordeal.name; }
};

class Endurance : public FaultWorld {
 protected:
  // With a gateway of its own, whose memory is thrown away.
  void learn_what_is_undisturbed() {
    start_and_wait({.meddling = meddling_});
    ASSERT_TRUE(eventually([this] { return documents() > 0; })) << gateway->output();
    undisturbed_ = lasting();
  }

  void expect_undisturbed() {
    EXPECT_TRUE(news()) << gateway->output();
    EXPECT_TRUE(eventually([this] { return lasting() == undisturbed_; })) << testing::PrintToString(lasting());
    EXPECT_TRUE(false_messages().empty()) << testing::PrintToString(false_messages());
  }

  [[nodiscard]] std::size_t documents() const {
    const auto topics = lasting();
    return static_cast<std::size_t>(
        std::ranges::count_if(topics, [](const auto& topic) { return topic.first.starts_with("homeassistant/"); }));
  }

  bool meddling_ = false;
  std::map<std::string, std::string> undisturbed_;
};

// The gateway is started, and killed at a moment at random, again and again.
void kill_at_any_moment(FaultWorld& world, std::chrono::seconds duration) {
  std::minstd_rand random(7);
  const auto end = std::chrono::steady_clock::now() + duration;
  int kills = 0;
  for (; std::chrono::steady_clock::now() < end; ++kills) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 1200));
    world.gateway->signal(SIGKILL);
    ASSERT_EQ(world.gateway->wait(), 128 + SIGKILL);
    world.start_gateway();
  }
  std::cout << "killed " << kills << " times\n";
}

void lose_every_packet(FaultWorld& world, std::chrono::seconds duration) {
  for (FaultProxy* line : {&world.cloud_line, &world.local_line}) line->set_both(FaultProxy::stalled_after(0));
  std::this_thread::sleep_for(duration);
  for (FaultProxy* line : {&world.cloud_line, &world.local_line}) line->heal();
}

Action restart_every_second(Broker FaultWorld::*broker) {
  return [broker](FaultWorld& world, std::chrono::seconds duration) {
    for (auto left = duration; left > 0s; left -= 1s) {
      (world.*broker).stop();
      (world.*broker).start();
      std::this_thread::sleep_for(1s);
    }
  };
}

// Nothing but garbage, and not a line of the log for each piece of it.
void answer_garbage(FaultWorld& world, std::chrono::seconds duration) {
  world.station.behave([noise = misbehaviour::garbage(5)](const Request& request, const std::string& truth) {
    std::vector<Reply> replies = noise(request, truth);
    replies.pop_back();  // the truth
    return replies;
  });
  const std::size_t said = world.gateway->output().size();
  std::this_thread::sleep_for(duration);
  EXPECT_LE(world.gateway->output().size() - said, 2000U) << world.gateway->output();
  world.station.behave_well();
  world.station.push(FaultWorld::kProbe);  // a station that was given up is asked again only when it speaks
}

// No descriptor is left for a new connection when the old ones break.
void run_out_of_descriptors(FaultWorld& world, std::chrono::seconds duration) {
  const rlimit none{3, RLIM_INFINITY};
  rlimit before{};
  ASSERT_EQ(prlimit(world.gateway->pid(), RLIMIT_NOFILE, nullptr, &before), 0);
  const rlimit limit{none.rlim_cur, before.rlim_max};
  ASSERT_EQ(prlimit(world.gateway->pid(), RLIMIT_NOFILE, &limit, nullptr), 0);
  for (FaultProxy* line : {&world.cloud_line, &world.local_line}) line->reset_connections();
  std::this_thread::sleep_for(duration);
  EXPECT_FALSE(world.gateway->wait(0ms)) << "it lives on: " << world.gateway->output();
  ASSERT_EQ(prlimit(world.gateway->pid(), RLIMIT_NOFILE, &before, nullptr), 0);
}

const Ordeal kOrdeals[] = {
    {.name = "KilledAtAnyMoment", .endure = kill_at_any_moment, .briefly = 5s, .long_enough = 60s},
    {.name = "EveryPacketLostBothWays", .endure = lose_every_packet, .briefly = 3s, .long_enough = 30s},
    {.name = "LocalBrokerRestartsEverySecond",
     .endure = restart_every_second(&FaultWorld::local),
     .briefly = 3s,
     .long_enough = 60s,
     .says = "[local] lost the connection"},
    {.name = "CloudBrokerRestartsEverySecond",
     .endure = restart_every_second(&FaultWorld::cloud),
     .briefly = 3s,
     .long_enough = 60s,
     .says = "lost the connection"},
    {.name = "GarbageForLong",
     .endure = answer_garbage,
     .briefly = 3s,
     .long_enough = 600s,
     .says = "dropped a message from the cloud"},
    {.name = "OutOfDescriptors",
     .endure = run_out_of_descriptors,
     .briefly = 4s,
     .long_enough = 30s,
     .says = "cannot connect to",
     .starves_sanitizer = true},
};

class EnduranceTable : public Endurance, public testing::WithParamInterface<Ordeal> {};

TEST_P(EnduranceTable, LeavesNothingBehind) {
  const Ordeal& ordeal = GetParam();
  if (ordeal.starves_sanitizer && is_sanitized()) GTEST_SKIP() << "the sanitizer needs what is taken away here";
  learn_what_is_undisturbed();
  const long before = memory();
  ordeal.endure(*this, is_long() ? ordeal.long_enough : ordeal.briefly);
  expect_undisturbed();
  EXPECT_TRUE(gateway->says(ordeal.says)) << gateway->output();
  EXPECT_LE(memory() - before, kMostGrowth);
  std::cout << "| " << ordeal.name << " | " << undisturbed_.size() << " topics as before | " << memory() - before
            << " kB |\n";
}

INSTANTIATE_TEST_SUITE_P(Faults, EnduranceTable, testing::ValuesIn(kOrdeals),
                         [](const auto& row) { return std::string(row.param.name); });

// A disk that takes nothing, from the start on. The state file cannot be written, and all else goes on.
struct Disk {
  const char* name;
  int error;
  const char* advice;

  friend void PrintTo(const Disk& disk, std::ostream* to) { *to << disk.name; }
};

class DiskFault : public Endurance, public testing::WithParamInterface<Disk> {
 protected:
  [[nodiscard]] std::string state() const {
    return run_to_end({"cat", (dir.path() / "gateway.state.json").string()}).output;
  }

  // All is forgotten but which installation this is, the name of the gateway's own document.
  std::string forget() {
    const std::string known = state();
    const std::size_t at = known.find("\"installation\"");
    const std::string installation = known.substr(at, known.find_first_of(",}", at) - at);
    const std::string rest = R"({"format":"bluetti-gateway state","version":1,)" + installation + "}";
    dir.write("gateway.state.json", rest);
    return rest;
  }
};

TEST_P(DiskFault, CostsNothingButTheMemory) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer's library wants to be the first";
  meddling_ = true;
  learn_what_is_undisturbed();
  gateway->signal(SIGTERM);
  ASSERT_EQ(gateway->wait(), 0);
  const std::string before = forget();

  fail_files(GetParam().error);
  start_gateway({.meddling = true});
  EXPECT_TRUE(gateway->says(GetParam().advice)) << gateway->output();
  expect_undisturbed();
  EXPECT_EQ(state(), before);

  fail_files(0);
  gateway->signal(SIGTERM);
  ASSERT_EQ(gateway->wait(), 0);
  start_gateway({.meddling = true});
  EXPECT_TRUE(eventually([&] { return state().size() > before.size(); })) << gateway->output();
  expect_undisturbed();
}

INSTANTIATE_TEST_SUITE_P(Faults, DiskFault,
                         testing::Values(Disk{"Full", ENOSPC, "No space left on device; make room on its disk"},
                                         Disk{"ReadOnly", EROFS, "its file system is read-only; choose another place"},
                                         Disk{"Broken", EIO, "Input/output error"}),
                         [](const auto& row) { return std::string(row.param.name); });

// Each of many stations is asked for everything once, while one of them answers every question with a flood.
TEST_F(Endurance, OneHostileStationDoesNotHoldUpAThousandOthers) {
  const int crowd = is_long() ? 1000 : 100;
  ASSERT_TRUE(eventually([this] { return station.connected(); }));
  station.behave([noise = misbehaviour::garbage(3), flood = misbehaviour::enormous()](const Request& request,
                                                                                      const std::string& truth) {
    if (request.topic != kProbe) return std::vector{Reply{truth}};
    std::vector<Reply> replies = noise(request, truth);
    for (Reply& reply : flood(request, truth)) replies.push_back(std::move(reply));
    return replies;
  });
  start_gateway({.account = "requests_per_minute = 100000\n", .crowd = crowd});
  const auto all_are_there = [&] {
    std::size_t online = 0;
    for (const auto& [topic, payload] : lasting()) {
      online +=
          topic.starts_with("bluetti/crowd_") && topic.ends_with("/availability") && payload == "online" ? 1U : 0U;
    }
    return online == static_cast<std::size_t>(crowd);
  };
  EXPECT_TRUE(eventually(all_are_there, 60s)) << gateway->output();
  EXPECT_TRUE(news("crowd_1", 40s)) << "and it goes on";
  EXPECT_TRUE(false_messages().empty()) << testing::PrintToString(false_messages());
}

}  // namespace
}  // namespace bluetti::test
