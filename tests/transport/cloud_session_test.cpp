// SPDX-License-Identifier: MIT
// One account's session, stepped by hand: when it asks for access, connects, backs off and gives up.
#include "gateway/transport/cloud_session.h"

#include <gtest/gtest.h>

#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using gateway::StationHandle;
using namespace std::chrono_literals;
using gateway::Access;
using gateway::AccessSource;
using gateway::AccountState;
using gateway::ConnectionEnd;
using gateway::Duration;

struct AccessRecord {
  int requests = 0;
};

class RecordingAccess final : public AccessSource {
 public:
  explicit RecordingAccess(AccessRecord& record) : record_(record) {}
  void request(const AccountState&) override { ++record_.requests; }

 private:
  AccessRecord& record_;
};

class CloudSessionTest : public testing::Test {
 protected:
  CloudSessionTest() : session(account(), std::make_unique<RecordingAccess>(access), make_client(), 1) {
    session.set_speakers({{StationHandle{1}, "PUB/TEST/1001"}});
  }
  static gateway::AccountConfig account() {
    gateway::AccountConfig account;
    account.id = "home";
    account.requests_per_minute = 60;
    return account;
  }
  gateway::CloudSession::MakeClient make_client() {
    return [this](const gateway::ConnectionOptions&) {
      ++clients;
      return std::make_unique<RecordingClient>(client);
    };
  }
  void tick() { session.tick(clock.now(), {}); }
  void get_access(std::shared_ptr<const Access> what = std::make_shared<const Access>()) {
    session.on_access(std::move(what), clock.now(), clock.wall());
  }
  void connect() {
    tick();
    get_access();
    session.on_connected(clock.now(), clock.wall());
  }
  void connect_and_begin_to_renew() {
    Access first;
    first.renew_at = clock.wall() + 5h;
    tick();
    get_access(std::make_shared<const Access>(first));
    session.on_connected(clock.now(), clock.wall());
    clock.advance(5h);
    tick();
    ASSERT_EQ(access.requests, 2);
  }
  // The whole wait without the jitter, which is up to a quarter.
  static void expect_wait(Duration wait, Duration base) {
    EXPECT_GE(wait, base);
    EXPECT_LE(wait, base + base / 4);
  }
  Duration lose_after(Duration time) {
    clock.advance(time);
    const auto down = session.on_down(ConnectionEnd::lost, clock.now());
    clock.advance(down ? down->wait : 0s);
    return down ? down->wait : Duration::zero();
  }

  HandClock clock;
  AccessRecord access;
  std::shared_ptr<ClientRecord> client = std::make_shared<ClientRecord>();
  int clients = 0;
  gateway::CloudSession session;
};

TEST_F(CloudSessionTest, AsksForAccessFirstAndConnectsWithIt) {
  tick();
  EXPECT_EQ(access.requests, 1);
  EXPECT_EQ(client->connects, 0);
  get_access();
  EXPECT_EQ(client->connects, 1);
  EXPECT_FALSE(session.connected());
  session.on_connected(clock.now(), clock.wall());
  EXPECT_TRUE(session.connected());
  EXPECT_EQ(client->subscriptions, std::vector<std::string>{"PUB/TEST/1001"});
}

TEST_F(CloudSessionTest, ATryUnderWayIsNotDoubled) {
  tick();
  tick();
  clock.advance(1h);
  tick();
  EXPECT_EQ(access.requests, 1);
}

TEST_F(CloudSessionTest, TheSameAccessKeepsItsClientAndAnotherGetsANewOne) {
  const auto same = std::make_shared<const Access>();
  tick();
  get_access(same);
  clock.advance(session.on_down(ConnectionEnd::lost, clock.now())->wait);
  tick();
  get_access(same);
  EXPECT_EQ(clients, 1);
  clock.advance(session.on_down(ConnectionEnd::lost, clock.now())->wait);
  tick();
  get_access();
  EXPECT_EQ(clients, 2);
}

TEST_F(CloudSessionTest, WaitsFortyFiveSecondsAndThenDoublesUpToTenMinutes) {
  for (const Duration base : {45s, 90s, 180s, 360s, 600s, 600s}) {
    tick();
    get_access();
    const auto down = session.on_down(ConnectionEnd::lost, clock.now());
    ASSERT_TRUE(down);
    expect_wait(down->wait, base);
    clock.advance(down->wait - 1ms);
    tick();
    EXPECT_FALSE(session.next_action() == gateway::TimePoint::max()) << "it still waits";
    clock.advance(1ms);
  }
}

TEST_F(CloudSessionTest, ARefusalDoublesOnceMore) {
  tick();
  get_access();
  expect_wait(session.on_down(ConnectionEnd::refused, clock.now())->wait, 45s);
  clock.advance(60s);
  tick();
  get_access();
  expect_wait(session.on_down(ConnectionEnd::refused, clock.now())->wait, 180s);
}

TEST_F(CloudSessionTest, ASessionThatLastedStartsTheWaitingAnew) {
  connect();
  expect_wait(lose_after(91s), 45s);
  connect();
  expect_wait(lose_after(91s), 45s);
}

TEST_F(CloudSessionTest, ASessionThatEndsAtItsBeginningDoesNot) {
  connect();
  expect_wait(lose_after(5s), 45s);
  connect();
  expect_wait(lose_after(5s), 90s);
}

TEST_F(CloudSessionTest, SessionsEndedAtTheirBeginningAgainAndAgainAreContested) {
  connect();
  clock.advance(5s);
  auto down = session.on_down(ConnectionEnd::lost, clock.now());
  EXPECT_FALSE(down->is_contest) << "once may be bad luck";
  clock.advance(down->wait);
  connect();
  clock.advance(5s);
  EXPECT_TRUE(session.on_down(ConnectionEnd::lost, clock.now())->is_contest);
}

TEST_F(CloudSessionTest, SessionsThatAMessageTooLargeEndsAreNotContestedButWaitLongerAndLonger) {
  Duration before{};
  for (int round = 0; round < 4; ++round) {
    connect();
    clock.advance(2s);
    const auto down = session.on_down(ConnectionEnd::by_own_limit, clock.now());
    EXPECT_FALSE(down->is_contest);
    EXPECT_GT(down->wait, before);
    before = down->wait;
    clock.advance(down->wait);
  }
}

TEST_F(CloudSessionTest, ARefusalAfterASessionThatWorkedIsAContest) {
  connect();
  lose_after(1h);
  tick();
  get_access();
  EXPECT_TRUE(session.on_down(ConnectionEnd::refused, clock.now())->is_contest);
}

TEST_F(CloudSessionTest, ARefusalOfTheVeryFirstSessionIsNone) {
  tick();
  get_access();
  EXPECT_FALSE(session.on_down(ConnectionEnd::refused, clock.now())->is_contest);
}

TEST_F(CloudSessionTest, NewsOfAConnectionThatIsNoMoreChangesNothing) {
  connect();
  ASSERT_TRUE(session.on_down(ConnectionEnd::lost, clock.now()));
  EXPECT_FALSE(session.on_down(ConnectionEnd::lost, clock.now()));
  session.on_connected(clock.now(), clock.wall());
  EXPECT_FALSE(session.connected());
}

TEST_F(CloudSessionTest, AccessThatCannotBeHadIsTriedAgainAndAFinalRefusalIsNot) {
  tick();
  const auto wait = session.on_access_failed(false, clock.now());
  ASSERT_TRUE(wait);
  expect_wait(*wait, 45s);
  clock.advance(*wait);
  tick();
  EXPECT_EQ(access.requests, 2);
  EXPECT_FALSE(session.on_access_failed(true, clock.now()));
  EXPECT_TRUE(session.given_up());
  clock.advance(24h);
  tick();
  EXPECT_EQ(access.requests, 2);
}

TEST_F(CloudSessionTest, RenewsItsAccessInTimeWithoutEndingTheSession) {
  Access first;
  first.renew_at = clock.wall() + 5h;
  tick();
  get_access(std::make_shared<const Access>(first));
  session.on_connected(clock.now(), clock.wall());
  clock.advance(5h - 1s);
  tick();
  EXPECT_EQ(access.requests, 1);
  clock.advance(1s);
  tick();
  EXPECT_EQ(access.requests, 2);
  get_access();
  EXPECT_TRUE(session.connected());
  EXPECT_EQ(client->connects, 1);
  EXPECT_EQ(client->disconnects, 0);
}

TEST_F(CloudSessionTest, ARenewalThatFailsLeavesTheSessionAlone) {
  Access first;
  first.renew_at = clock.wall() + 5h;
  tick();
  get_access(std::make_shared<const Access>(first));
  session.on_connected(clock.now(), clock.wall());
  clock.advance(5h);
  tick();
  EXPECT_FALSE(session.on_access_failed(false, clock.now()));
  EXPECT_TRUE(session.connected());
  clock.advance(1h);
  tick();
  EXPECT_EQ(access.requests, 3);
}

TEST_F(CloudSessionTest, ATopicThatIsRefusedIsTriedAgainMoreAndMoreSeldomWhileTheSessionGoesOn) {
  connect();
  for (const Duration wait : {45s, 90s, 180s}) {
    session.on_subscription_refused("PUB/TEST/1001", clock.now());
    const Duration planned = session.next_action() - clock.now();
    expect_wait(planned, wait);
    const std::size_t before = client->subscriptions.size();
    clock.advance(planned - 1ms);
    tick();
    EXPECT_EQ(client->subscriptions.size(), before);
    clock.advance(1ms);
    tick();
    EXPECT_EQ(client->subscriptions.size(), before + 1);
    EXPECT_EQ(client->subscriptions.back(), "PUB/TEST/1001");
  }
  EXPECT_TRUE(session.connected());
  EXPECT_EQ(client->connects, 1);
  EXPECT_EQ(access.requests, 1);
}

TEST_F(CloudSessionTest, ASessionLostWhileItsAccessIsRenewedWaitsForThatAnswer) {
  connect_and_begin_to_renew();
  clock.advance(session.on_down(ConnectionEnd::lost, clock.now())->wait);
  tick();
  EXPECT_EQ(access.requests, 2) << "a second one would be another sign-in";
  get_access();
  EXPECT_EQ(client->connects, 2) << "what was asked for as a renewal serves the next session";
}

TEST_F(CloudSessionTest, ARenewalThatComesWhileTheNextTryIsWaitedForIsAskedForAgainThen) {
  connect_and_begin_to_renew();
  const auto down = session.on_down(ConnectionEnd::lost, clock.now());
  get_access();
  EXPECT_EQ(client->connects, 1) << "not before the wait is over";
  clock.advance(down->wait);
  tick();
  EXPECT_EQ(access.requests, 3);
}

TEST_F(CloudSessionTest, ARenewalRefusedForGoodAfterTheSessionWasLostIsTheEnd) {
  connect_and_begin_to_renew();
  clock.advance(session.on_down(ConnectionEnd::lost, clock.now())->wait / 2);
  EXPECT_FALSE(session.on_access_failed(true, clock.now()));
  EXPECT_TRUE(session.given_up());
  clock.advance(24h);
  tick();
  EXPECT_EQ(access.requests, 2);
}

// Paho opens the key files, which are in memory, some time after it was asked to connect.
TEST_F(CloudSessionTest, TheAccessOfTheClientLastsAsLongAsTheClient) {
  auto first = std::make_shared<const Access>();
  const std::weak_ptr<const Access> watched = first;
  tick();
  get_access(std::move(first));
  get_access();
  EXPECT_FALSE(watched.expired()) << "the client still connects with it";
  session.on_connected(clock.now(), clock.wall());
  clock.advance(session.on_down(ConnectionEnd::lost, clock.now())->wait);
  tick();
  get_access();
  EXPECT_TRUE(watched.expired()) << "it has a client of its own now";
}

TEST_F(CloudSessionTest, ToDisconnectEndsATryThatIsUnderWay) {
  tick();
  get_access();
  session.disconnect();
  EXPECT_EQ(client->disconnects, 1);
}

TEST_F(CloudSessionTest, TurnsComeInTheOrderOfTheLineAndWithinTheBudget) {
  connect();
  int turns = 0;
  for (std::uint32_t station = 0; station < 100; ++station) session.line_up(StationHandle{station}, false);
  for (std::uint32_t expected = 0; const auto turn = session.next_turn(clock.now()); ++expected, ++turns) {
    EXPECT_EQ(turn->number, expected);
    EXPECT_TRUE(session.send("SUB/TEST/1001", "a request", clock.now()));
  }
  EXPECT_GT(turns, 0);
  EXPECT_LT(turns, 60) << "a minute's budget is not spent at once";
  EXPECT_GT(session.next_turn_at(clock.now()), clock.now());
  EXPECT_EQ(session.requests_per_minute(clock.now()), turns);
}

TEST_F(CloudSessionTest, NobodyHasATurnWithoutASession) {
  session.line_up(StationHandle{1}, false);
  EXPECT_FALSE(session.next_turn(clock.now()));
  EXPECT_EQ(session.next_turn_at(clock.now()), gateway::TimePoint::max());
}

}  // namespace
}  // namespace bluetti::test
