// SPDX-License-Identifier: MIT
// The server over real sockets, and clients that mean no good.
#include "gateway/http/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/http/snapshot_fixture.h"

namespace bluetti::gateway::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

TimePoint now() {
  return std::chrono::steady_clock::now();
}

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) ADD_FAILURE() << "cannot connect";
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(socket_); }

  bool say(std::string_view text) const {
    return send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  bool get(const std::string& path, const std::string& headers = {}) const {
    return say("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n");
  }
  // All that comes until it holds this text, or the other side is done.
  std::string hear(std::string_view until, std::chrono::milliseconds patience = 10s) {
    const TimePoint end = now() + patience;
    while (heard_.find(until) == std::string::npos && now() < end) {
      pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
      if (poll(&waiting, 1, 100) <= 0) continue;
      std::array<char, 4096> bytes{};
      const ssize_t size = recv(socket_, bytes.data(), bytes.size(), 0);
      if (size <= 0) {
        is_closed_ = true;
        break;
      }
      heard_.append(bytes.data(), static_cast<std::size_t>(size));
    }
    return heard_;
  }
  void forget() { heard_.clear(); }
  bool is_closed_within(std::chrono::milliseconds patience) {
    hear("(never)", patience);
    return is_closed_;
  }

 private:
  int socket_;
  std::string heard_;
  bool is_closed_ = false;
};

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    HttpConfig config;
    config.host = "127.0.0.1";
    config.port = 0;
    auto started = Server::start(
        config, "en", [this] { ++wakes; },
        [this](SettingWanted change) {
          const std::lock_guard lock(mutex);
          wanted = std::move(change);
        });
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Server>>(started));
    server = std::move(std::get<std::unique_ptr<Server>>(started));
    const std::string url = server->url();
    port = static_cast<std::uint16_t>(std::atoi(url.substr(url.rfind(':') + 1).c_str()));
    loop = std::thread([this] {
      while (!over) {
        server->turn(now() + ahead.load(), [this] {
          ++snapshots;
          auto station =
              test::station_view(snapshots % 2 == 0 ? test::kHomeRegisters : "0000 0000 0058 003c 6f70 6e65");
          return test::snapshot_of(station, now());
        });
        std::this_thread::sleep_for(1ms);
      }
    });
  }
  void TearDown() override {
    over = true;
    loop.join();
  }

  std::mutex mutex;
  SettingWanted wanted;
  std::atomic<bool> over = false;
  std::atomic<int> snapshots = 0;
  std::atomic<int> wakes = 0;
  std::atomic<Duration> ahead = Duration::zero();  // of the loop's clock, so that nobody has to wait
  std::unique_ptr<Server> server;
  std::uint16_t port = 0;
  std::thread loop;
};

TEST_F(ServerTest, AnswersWithWhatTheLoopHandsOver) {
  Client client(port);
  client.get("/api/v1/stations");
  const std::string heard = client.hear("]}\n");
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(heard, HasSubstr("\"id\":\"one\""));
  EXPECT_THAT(heard, HasSubstr("Content-Security-Policy: default-src 'none'"));
  EXPECT_THAT(heard, testing::Not(HasSubstr("Access-Control")));
  EXPECT_GE(snapshots, 1);
}

TEST_F(ServerTest, WithNobodyLookingNoSnapshotsAreMade) {
  std::this_thread::sleep_for(50ms);
  EXPECT_LE(snapshots, 1) << "a sample of the history";
  EXPECT_EQ(wakes, 0);
}

TEST_F(ServerTest, FollowersAreToldWhatChangesAndThatWeAreThere) {
  Client client(port);
  client.get("/api/v1/events");
  EXPECT_THAT(client.hear("event: values"), HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(client.hear("\"values\":{\"soc\":"), HasSubstr("id: "));
  EXPECT_THAT(client.hear("event: tick"), HasSubstr("event: tick"));
}

TEST_F(ServerTest, AFollowerThatWasCutOffMissesNothing) {
  std::string id;
  Client other(port);  // somebody goes on following
  other.get("/api/v1/events");
  other.hear("event: values");
  {
    Client client(port);
    client.get("/api/v1/events");
    const std::string heard = client.hear("event: values");
    id = heard.substr(heard.rfind("id: ") + 4);
    id.resize(id.find('\n'));
  }
  Client client(port);
  client.get("/api/v1/events", "Last-Event-ID: " + id + "\r\n");
  EXPECT_THAT(client.hear("event: values"), testing::Not(HasSubstr("event: reset")));
  Client stranger(port);
  stranger.get("/api/v1/events", "Last-Event-ID: other-17\r\n");
  EXPECT_THAT(stranger.hear("event: reset"), HasSubstr("event: reset"));
}

TEST_F(ServerTest, AHundredFollowAtOnce) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<Client>(port));
    clients.back()->get("/api/v1/events");
  }
  for (const auto& client : clients) EXPECT_THAT(client->hear("event: values"), HasSubstr("event: values"));
}

TEST_F(ServerTest, MoreThanItCanServeAreTurnedAway) {
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < Server::kMostStreams; ++i) {
    clients.push_back(std::make_unique<Client>(port));
    clients.back()->get("/api/v1/events");
    clients.back()->hear("retry:");
  }
  Client client(port);
  client.get("/api/v1/events");
  EXPECT_THAT(client.hear("already"), StartsWith("HTTP/1.1 503"));
}

TEST_F(ServerTest, HugeHeadersAreRefused) {
  Client client(port);
  client.say("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Much: ");
  const std::string much(1 << 16, 'x');
  for (int i = 0; i < 160 && client.say(much); ++i) {
  }
  EXPECT_TRUE(client.is_closed_within(10s));
}

TEST_F(ServerTest, HugeBodiesAreRefused) {
  Client client(port);
  client.say("POST /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n" +
             std::string(100'000, 'x'));
  EXPECT_THAT(client.hear("large"), StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, HalfRequestsEndWithTheirTime) {
  Client dripping(port);
  dripping.say("GET / HTTP/1.1\r\nHost: 127.");
  ASSERT_FALSE(dripping.is_closed_within(50ms));
  ahead = Server::kLongest + 10s;
  EXPECT_TRUE(dripping.is_closed_within(5s));
}

TEST_F(ServerTest, WhoFollowsMayStay) {
  Client client(port);
  client.get("/api/v1/events");
  client.hear("event: values");
  ahead = Server::kLongest + 10s;
  EXPECT_FALSE(client.is_closed_within(300ms));
}

TEST_F(ServerTest, NonsenseIsRefused) {
  for (const char* text : {"\r\n\r\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00",
                           "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: 127.0.0.1\r\n\r\n",
                           "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
                           "GET /x%00%ff/../.. HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"}) {
    Client client(port);
    client.say(text);
    EXPECT_THAT(client.hear("\r\n", 200ms), testing::Not(HasSubstr(" 200 "))) << text;
  }
  Client client(port);
  client.get("/healthz");
  EXPECT_THAT(client.hear("ok"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, AFloodCostsFewSnapshots) {
  Client client(port);
  const TimePoint began = now();
  for (int i = 0; i < 1000; ++i) {
    client.get("/api/v1/status");
    client.hear("]}\n");
    client.forget();
  }
  const auto quarters = (now() - began) / Site::kFresh + 2;
  EXPECT_LE(snapshots, quarters + 1);
}

TEST_F(ServerTest, StopsWhileClientsFollow) {
  Client client(port);
  client.get("/api/v1/events");
  client.hear("event: values");
  over = true;
  loop.join();
  server.reset();
  EXPECT_TRUE(client.is_closed_within(5s));
  loop = std::thread([] {});
}

TEST(Server, AnAddressThatIsTakenIsTold) {
  HttpConfig config;
  config.host = "127.0.0.1";
  config.port = 0;
  auto first = Server::start(
      config, "en", [] {}, [](const SettingWanted&) {});
  const std::string url = std::get<std::unique_ptr<Server>>(first)->url();
  config.port = static_cast<std::uint16_t>(std::atoi(url.substr(url.rfind(':') + 1).c_str()));
  const auto second = Server::start(
      config, "en", [] {}, [](const SettingWanted&) {});
  ASSERT_TRUE(std::holds_alternative<std::string>(second));
  EXPECT_THAT(std::get<std::string>(second), HasSubstr("Address already in use"));
}

}  // namespace
}  // namespace bluetti::gateway::http
