// SPDX-License-Identifier: MIT
#include "gateway/observe/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow{1h};

// The other side: a socket at a path, as systemd has it.
class ServiceManagerTest : public testing::Test {
 protected:
  void SetUp() override {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path_.copy(at.sun_path, sizeof(at.sun_path) - 1);
    ASSERT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof(at)), 0);
  }
  void TearDown() override { ::close(socket_); }

  [[nodiscard]] ServiceManager::Variables variables(test::Variables more = {}) const {
    more.emplace("NOTIFY_SOCKET", path_);
    return test::environment_of(std::move(more)).variable;
  }
  [[nodiscard]] std::string next() const {
    std::array<char, 256> buffer{};
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size < 0 ? "(nothing)" : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  test::TemporaryFolder folder_;
  const std::string path_ = (folder_.path() / "notify").string();
  const int socket_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
};

TEST_F(ServiceManagerTest, IsToldOfEachStage) {
  ServiceManager manager(variables());
  manager.ready();
  EXPECT_EQ(next(), "READY=1");
  manager.reloading(kNow);
  EXPECT_EQ(next(), "RELOADING=1\nMONOTONIC_USEC=3600000000");
  manager.stopping();
  EXPECT_EQ(next(), "STOPPING=1");
}

TEST_F(ServiceManagerTest, HearsTwiceInTheWatchdogsTimeThatTheLoopTurns) {
  ServiceManager manager(variables({{"WATCHDOG_USEC", "60000000"}}));
  EXPECT_EQ(manager.alive(kNow), kNow + 30s);
  EXPECT_EQ(next(), "WATCHDOG=1");
  EXPECT_EQ(manager.alive(kNow + 10s), kNow + 30s);
  EXPECT_EQ(next(), "(nothing)");
  EXPECT_EQ(manager.alive(kNow + 30s), kNow + 60s);
  EXPECT_EQ(next(), "WATCHDOG=1");
}

TEST_F(ServiceManagerTest, HearsNothingWithoutAWatchdogOrWithThatOfAnotherProcess) {
  for (const test::Variables& watchdog : {test::Variables{}, test::Variables{{"WATCHDOG_USEC", "soon"}},
                                          test::Variables{{"WATCHDOG_USEC", "1000"}, {"WATCHDOG_PID", "1"}}}) {
    ServiceManager manager(variables(watchdog));
    EXPECT_EQ(manager.alive(kNow), TimePoint::max());
    EXPECT_EQ(next(), "(nothing)");
  }
}

TEST_F(ServiceManagerTest, IsNotMissedWhereThereIsNone) {
  ServiceManager manager(test::environment_of({{"WATCHDOG_USEC", "1000"}}).variable);
  manager.ready();
  EXPECT_EQ(manager.alive(kNow), TimePoint::max());
  ServiceManager elsewhere(test::environment_of({{"NOTIFY_SOCKET", std::string(200, 'x')}}).variable);
  elsewhere.ready();
  EXPECT_EQ(next(), "(nothing)");
}

}  // namespace
}  // namespace bluetti::gateway
