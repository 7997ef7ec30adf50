// SPDX-License-Identifier: MIT
// The simulator between a broker and its stations, stepped by hand.
#include "gateway/simulator/simulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/simulator/fleet.h"
#include "tests/protocol/hex.h"
#include "tests/support/fakes.h"

namespace bluetti::gateway::simulator {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class SimulatorTest : public ::testing::Test {
 protected:
  Simulator& simulate(std::size_t stations, std::vector<std::string> models, Duration push_interval = 0s) {
    auto result = make_fleet(
        {.models = std::move(models), .stations = stations, .first_serial = 2345000000001, .seed = 1, .captures = {}},
        catalog_);
    fleet_ = std::move(std::get<Fleet>(result));
    simulator_ = std::make_unique<Simulator>(std::move(fleet_.stations), client_,
                                             Pace{.speed = 1, .push_interval = push_interval}, now_);
    simulator_->start();
    return *simulator_;
  }

  void request(std::string_view topic, bool retained = false) {
    static const auto kRequest = [] {
      auto payload = protocol::test::hex("01 f8 0f 00 64 00 00 00 00 00");
      const auto frame = protocol::test::with_crc("00 03 0064 0004");
      payload.insert(payload.end(), frame.begin(), frame.end());
      return payload;
    }();
    const std::string_view payload{reinterpret_cast<const char*>(kRequest.data()), kRequest.size()};
    simulator_->handle(
        MessageArrived{
            .link = kLocal, .owner = {}, .topic = topic, .payload = payload, .retained = retained, .arrived = now_},
        now_);
  }

  const schemas::Catalog& catalog_ = bluetti::test::built_in_catalog();
  TimePoint now_{1h};
  std::shared_ptr<bluetti::test::ClientRecord> record_ = std::make_shared<bluetti::test::ClientRecord>();
  bluetti::test::ClientRecord& broker_ = *record_;
  bluetti::test::RecordingClient client_{record_};
  Fleet fleet_;
  std::unique_ptr<Simulator> simulator_;
};

TEST_F(SimulatorTest, SubscribesToTheTopicOfEachStationOnceConnected) {
  Simulator& simulator = simulate(3, {"AP300", "EL100V2"});
  EXPECT_EQ(broker_.connects, 1);
  EXPECT_THAT(broker_.subscriptions, IsEmpty());
  simulator.handle(Connected{}, now_);
  EXPECT_THAT(broker_.subscriptions,
              UnorderedElementsAre("SUB/AP300/2345000000001", "SUB/EL100V2/2345000000002", "SUB/AP300/2345000000003"));
}

TEST_F(SimulatorTest, SubscribesToOneWildcardPerModelWithManyStations) {
  Simulator& simulator = simulate(1000, {"AP300", "EL100V2"});
  simulator.handle(Connected{}, now_);
  EXPECT_THAT(broker_.subscriptions, UnorderedElementsAre("SUB/AP300/+", "SUB/EL100V2/+"));
}

TEST_F(SimulatorTest, AnswersOnTheTopicOfTheStationThatWasAsked) {
  Simulator& simulator = simulate(3, {"AP300"});
  simulator.handle(Connected{}, now_);
  request("SUB/AP300/2345000000002");
  ASSERT_THAT(broker_.published, SizeIs(1));
  EXPECT_EQ(broker_.published.front().topic, "PUB/AP300/2345000000002");
}

TEST_F(SimulatorTest, IsSilentToOtherTopicsAndRetainedRequests) {
  Simulator& simulator = simulate(1, {"AP300"});
  simulator.handle(Connected{}, now_);
  request("SUB/AP300/2345000000009");
  request("SUB/EL100V2/2345000000001");
  request("PUB/AP300/2345000000001");
  request("SUB/AP300/2345000000001", true);
  EXPECT_THAT(broker_.published, IsEmpty());
}

TEST_F(SimulatorTest, PushesForEveryStationOncePerInterval) {
  Simulator& simulator = simulate(4, {"AP300"}, 10s);
  simulator.handle(Connected{}, now_);
  std::map<std::string, int> pushes;
  std::vector<TimePoint> wake_ups;
  const TimePoint end = now_ + 20s;
  while (now_ <= end) {
    const TimePoint next = simulator.tick(now_);
    ASSERT_GT(next, now_);
    wake_ups.push_back(now_);
    now_ = next;
  }
  for (const auto& published : broker_.published) {
    EXPECT_EQ(published.qos, 0);
    EXPECT_FALSE(published.retained);
    ++pushes[published.topic];
  }
  EXPECT_THAT(pushes, SizeIs(4));
  for (const auto& [topic, count] : pushes) EXPECT_EQ(count, 2) << topic;
  EXPECT_THAT(wake_ups, SizeIs(9)) << "spread over the interval, and awake for nothing else";
}

TEST_F(SimulatorTest, DoesNotMakeUpForPushesMissedWhileAsleep) {
  Simulator& simulator = simulate(1, {"AP300"}, 10s);
  simulator.handle(Connected{}, now_);
  simulator.tick(now_ + 1h);
  EXPECT_THAT(broker_.published, SizeIs(::testing::Le(2U)));
}

TEST_F(SimulatorTest, PushesNothingWithoutAnInterval) {
  Simulator& simulator = simulate(1, {"AP300"}, 0s);
  simulator.handle(Connected{}, now_);
  simulator.tick(now_ + 1h);
  EXPECT_THAT(broker_.published, IsEmpty());
}

TEST_F(SimulatorTest, FailsIfTheBrokerDoesNotLetItInAtTheStart) {
  Simulator& simulator = simulate(1, {"AP300"});
  simulator.handle(ConnectFailed{.link = kLocal, .reason = "not authorised", .refused = true}, now_);
  EXPECT_TRUE(simulator.finished());
  EXPECT_TRUE(simulator.failed());
}

TEST_F(SimulatorTest, FailsIfASubscriptionIsRefused) {
  Simulator& simulator = simulate(1, {"AP300"});
  simulator.handle(Connected{}, now_);
  simulator.handle(gateway::SubscriptionRefused{.link = kLocal, .topic = "SUB/AP300/+", .reason = "not allowed"}, now_);
  EXPECT_TRUE(simulator.failed());
}

TEST_F(SimulatorTest, ConnectsAgainAfterALossWithGrowingPausesOfUpToFiveSeconds) {
  Simulator& simulator = simulate(1, {"AP300"}, 1s);
  simulator.handle(Connected{}, now_);
  simulator.handle(ConnectionLost{.link = kLocal, .reason = "closed"}, now_);
  Duration longest{};
  Duration shortest = 1h;
  for (int attempt = 0; attempt < 6; ++attempt) {
    const TimePoint retry = simulator.tick(now_);
    longest = std::max(longest, retry - now_);
    shortest = std::min(shortest, retry - now_);
    now_ = retry;
    simulator.tick(now_);
    EXPECT_EQ(broker_.connects, attempt + 2);
    simulator.handle(ConnectFailed{.link = kLocal, .reason = "no answer", .refused = false}, now_);
  }
  EXPECT_GE(shortest, 1s);
  EXPECT_GT(longest, shortest);
  EXPECT_LE(longest, 5s);
  EXPECT_FALSE(simulator.finished());
  EXPECT_THAT(broker_.published, IsEmpty());
}

TEST_F(SimulatorTest, SubscribesAgainAfterALoss) {
  Simulator& simulator = simulate(1, {"AP300"});
  simulator.handle(Connected{}, now_);
  simulator.handle(ConnectionLost{.link = kLocal, .reason = "closed"}, now_);
  simulator.handle(Connected{}, now_ + 2s);
  EXPECT_THAT(broker_.subscriptions, ElementsAre("SUB/AP300/2345000000001", "SUB/AP300/2345000000001"));
}

TEST_F(SimulatorTest, DisconnectsAndEndsCleanlyWhenAskedToStop) {
  Simulator& simulator = simulate(1, {"AP300"});
  simulator.handle(Connected{}, now_);
  simulator.handle(StopRequested{.signal = 15}, now_);
  EXPECT_EQ(broker_.disconnects, 1);
  EXPECT_TRUE(simulator.finished());
  EXPECT_FALSE(simulator.failed());
}

TEST_F(SimulatorTest, SuggestsAModelForAMisspeltOne) {
  const auto result = make_fleet({.models = {"AP30"}, .stations = 1}, catalog_);
  EXPECT_THAT(std::get<std::string>(result), HasSubstr("did you mean 'AP300'?"));
}

}  // namespace
}  // namespace bluetti::gateway::simulator
