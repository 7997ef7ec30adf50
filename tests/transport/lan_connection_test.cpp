// SPDX-License-Identifier: MIT
#include "gateway/transport/lan_connection.h"

#include <gtest/gtest.h>

#include <memory>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

struct SocketRecord {
  int connects = 0;
  int closes = 0;
  int drops = 0;
};

class RecordingSocket final : public LanSocket {
 public:
  explicit RecordingSocket(SocketRecord& record) : record_(record) {}
  void connect() override { ++record_.connects; }
  bool send(std::span<const std::byte>) override { return true; }
  void drop_partial() override { ++record_.drops; }
  void close() override { ++record_.closes; }

 private:
  SocketRecord& record_;
};

class LanConnectionTest : public testing::Test {
 protected:
  void connect() {
    (void)connection.tick(now);
    connection.on_connected(now);
  }

  TimePoint now{1h};
  SocketRecord socket;
  LanConnection connection{std::make_unique<RecordingSocket>(socket), true, 1};
};

TEST_F(LanConnectionTest, ConnectsAtOnceAndStaysConnected) {
  connect();
  now += 24h;
  EXPECT_FALSE(connection.tick(now));
  EXPECT_EQ(socket.connects, 1);
  EXPECT_TRUE(connection.connected());
}

TEST_F(LanConnectionTest, WaitsLongerAndLongerUpToTwoMinutes) {
  Duration last{};
  for (int attempt = 0; attempt < 12; ++attempt) {
    now = std::max(now, connection.next_action());
    (void)connection.tick(now);
    const Duration wait = connection.on_ended(now);
    if (attempt == 0) {
      EXPECT_GE(wait, 2s);
    }
    EXPECT_GE(wait * 5 / 4, last) << attempt;  // up to a quarter is added at random
    last = wait;
  }
  EXPECT_EQ(socket.connects, 12);
  EXPECT_GE(last, 120s);
  EXPECT_LE(last, 150s);
}

TEST_F(LanConnectionTest, ThreeMissesInARowEndItAndFewerDoNot) {
  connect();
  EXPECT_FALSE(connection.on_missed(now));
  EXPECT_FALSE(connection.on_missed(now));
  connection.on_answered();
  EXPECT_FALSE(connection.on_missed(now));
  EXPECT_FALSE(connection.on_missed(now));
  EXPECT_EQ(socket.closes, 0);
  EXPECT_TRUE(connection.on_missed(now));
  EXPECT_EQ(socket.closes, 1);
  EXPECT_FALSE(connection.connected());
  EXPECT_EQ(socket.drops, 5);
}

TEST_F(LanConnectionTest, GivesUpATryToConnectThatTakesTooLong) {
  (void)connection.tick(now);
  now += LanConnection::kConnectWithin;
  EXPECT_TRUE(connection.tick(now));
  EXPECT_EQ(socket.closes, 1);
}

TEST_F(LanConnectionTest, AConnectionThatLastedMakesTheNextWaitShort) {
  for (int attempt = 0; attempt < 6; ++attempt) {
    now = std::max(now, connection.next_action());
    connect();
    (void)connection.on_ended(now);
  }
  now = std::max(now, connection.next_action());
  connect();
  now += 1min;
  EXPECT_LE(connection.on_ended(now), 3s);
}

TEST_F(LanConnectionTest, StoppedItDoesNotConnectAgain) {
  connect();
  connection.stop();
  EXPECT_EQ(connection.next_action(), TimePoint::max());
  EXPECT_EQ(socket.closes, 1);
}

}  // namespace
}  // namespace bluetti::gateway
