// SPDX-License-Identifier: MIT
// The way through a running gateway, stepped by hand.
#include "gateway/client/through_gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::read::Finding;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* kAvailability = "bluetti/bridge/availability";
constexpr const char* kRequests = "bluetti/bridge/requests";

class ThroughGatewayTest : public testing::Test {
 protected:
  void connect() {
    reader.tick(clock.now());
    reader.handle(gateway::Connected{}, clock.now());
    arrive(kAvailability, "online");
    arrive(kRequests, "ON");
  }
  void arrive(std::string_view topic, std::string_view payload) {
    reader.handle(gateway::MessageArrived{{}, nullptr, topic, payload, true, clock.now()}, clock.now());
  }
  void pass(gateway::Duration time) { reader.tick(clock.advance(time)); }

  HandClock clock;
  std::shared_ptr<ClientRecord> client = std::make_shared<ClientRecord>();
  gateway::read::ThroughGateway reader{
      {},
      "one",
      std::make_unique<RecordingClient>(client),
      "reader",
      {.retry = {.attempts = 2, .initial_delay = 1s, .longest_delay = 1s}, .answer_timeout = 5s}};
};

TEST_F(ThroughGatewayTest, ListensForOneAnswerAtATimeAndForNoneInTheEnd) {
  connect();
  ASSERT_EQ(reader.finding(), Finding::open);
  reader.read({.first = 100, .count = 6, .block = nullptr}, clock.now());
  pass(0s);
  EXPECT_THAT(client->subscriptions,
              UnorderedElementsAre(kAvailability, kRequests, "bluetti/bridge/response/reader-1"));
  pass(5s + gateway::read::ThroughGateway::kPatience);
  pass(1s);
  EXPECT_THAT(client->subscriptions,
              UnorderedElementsAre(kAvailability, kRequests, "bluetti/bridge/response/reader-2"));
  pass(5s + gateway::read::ThroughGateway::kPatience);
  EXPECT_TRUE(reader.take_outcome());
  EXPECT_THAT(client->subscriptions, UnorderedElementsAre(kAvailability, kRequests));
}

TEST_F(ThroughGatewayTest, ABrokerThatKeepsTheAnswersFromItIsNamed) {
  reader.tick(clock.now());
  reader.handle(gateway::Connected{}, clock.now());
  reader.handle(gateway::SubscriptionRefused{{}, kAvailability, "not authorised"}, clock.now());
  EXPECT_EQ(reader.finding(), Finding::unreachable);
  EXPECT_THAT(reader.lost(), HasSubstr("refuses topic bluetti/bridge/availability: not authorised"));
}

}  // namespace
}  // namespace bluetti::test
