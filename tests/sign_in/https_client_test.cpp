// SPDX-License-Identifier: MIT
// A service that never comes to an end, wherever it may begin not to: before the answer, in each part of it, or in what
// frames its parts. Every exchange ends, at its limit of bytes or of time, and nothing of it piles up in memory.
#include "gateway/sign_in/https_client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "gateway/base/without_broken_pipe.h"
#include "tests/protocol/pem_maker.h"
#include "tests/support/config_fixture.h"
#include "tests/support/localhost.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

// Serves one connection on loopback.
class HostileService {
 public:
  // What it says first, and then until nobody listens any more; `pause`: between two of these.
  HostileService(std::string begin, std::string forever, std::chrono::milliseconds pause = 0ms)
      : begin_(std::move(begin)), forever_(std::move(forever)), pause_(pause) {
    SSL_CTX_use_certificate(context_, own_.certificate.get());
    SSL_CTX_use_PrivateKey(context_, own_.key.get());
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 1);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  HostileService(const HostileService&) = delete;
  HostileService& operator=(const HostileService&) = delete;
  ~HostileService() {
    over_ = true;
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
    SSL_CTX_free(context_);
  }

  [[nodiscard]] HostPort place() const { return {"localhost", port_}; }
  [[nodiscard]] std::string authority() const { return protocol::test::certificate_pem(own_); }

 private:
  void serve() {
    const WithoutBrokenPipe quiet;
    const int peer = accept(listener_, nullptr, nullptr);
    if (peer < 0) return;
    SSL* ssl = SSL_new(context_);
    SSL_set_fd(ssl, peer);
    char request[4096];
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0 && put(ssl, begin_)) {
      while (!over_ && put(ssl, forever_)) std::this_thread::sleep_for(pause_);
    }
    SSL_free(ssl);
    close(peer);
  }
  static bool put(SSL* ssl, const std::string& text) {
    return text.empty() || SSL_write(ssl, text.data(), static_cast<int>(text.size())) > 0;
  }

  const std::string begin_;
  const std::string forever_;
  const std::chrono::milliseconds pause_;
  const protocol::test::Certified own_ = protocol::test::issue({.name = "localhost", .is_authority = true});
  SSL_CTX* context_ = SSL_CTX_new(TLS_server_method());
  int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

using Answered = std::variant<HttpsAnswer, HttpsError>;

Answered ask(const HostileService& service, std::chrono::milliseconds patience = 20s) {
  const test::TemporaryFolder folder;
  HttpsClient client(service.place(), folder.write("ca.pem", service.authority()), patience);
  return client.send({.path = "/", .headers = {}, .body = {}});
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

struct Endless {
  std::string name;
  std::string begin;
  std::string forever;
};
void PrintTo(const Endless& endless, std::ostream* out) {
  *out << endless.name;
}
class EndlessAnswer : public testing::TestWithParam<Endless> {};

TEST_P(EndlessAnswer, EndsAtItsLimitAndIsNotKept) {
  if (!test::knows_localhost()) GTEST_SKIP() << test::kNoLocalhost;
  const HostileService service(GetParam().begin, GetParam().forever);
  const long before = peak_kilobytes();
  const Answered answered = ask(service);
  const auto* error = std::get_if<HttpsError>(&answered);
  ASSERT_NE(error, nullptr);
  EXPECT_THAT(error->message, HasSubstr("larger than 1000000 bytes"));
  EXPECT_FALSE(error->unreachable);
  EXPECT_LT(peak_kilobytes() - before, 16'000);
}

const std::string kHead = "HTTP/1.1 200 OK\r\n";
INSTANTIATE_TEST_SUITE_P(
    Services, EndlessAnswer,
    testing::Values(Endless{"StatusLine", "", std::string(65'536, 'A')},
                    Endless{"HeaderLine", kHead + "X: ", std::string(65'536, 'A')},
                    Endless{"Headers", kHead, repeated("X-Y: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 1000)},
                    Endless{"Continue", "", repeated("HTTP/1.1 100 Continue\r\n\r\n", 500)},
                    Endless{"Body", kHead + "Content-Length: 99999999999\r\n\r\n", std::string(65'536, 'A')},
                    Endless{"BodyWithoutLength", kHead + "\r\n", std::string(65'536, 'A')},
                    Endless{"Chunks", kHead + "Transfer-Encoding: chunked\r\n\r\n",
                            repeated("c8\r\n" + std::string(200, 'A') + "\r\n", 300)},
                    Endless{"ChunkExtension", kHead + "Transfer-Encoding: chunked\r\n\r\n1;", std::string(65'536, 'A')},
                    Endless{"ChunkOfAllThereIs", kHead + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n",
                            std::string(65'536, 'A')}),
    [](const auto& row) { return row.param.name; });

struct Slow {
  std::string name;
  std::string begin;
};
void PrintTo(const Slow& slow, std::ostream* out) {
  *out << slow.name;
}
class SlowAnswer : public testing::TestWithParam<Slow> {};

// A byte every 20 ms is no silence; only a deadline for the whole ends it.
TEST_P(SlowAnswer, EndsAtItsDeadline) {
  if (!test::knows_localhost()) GTEST_SKIP() << test::kNoLocalhost;
  const HostileService service(GetParam().begin, "A", 20ms);
  const auto begin = std::chrono::steady_clock::now();
  const Answered answered = ask(service, 500ms);
  const auto* error = std::get_if<HttpsError>(&answered);
  ASSERT_NE(error, nullptr);
  EXPECT_THAT(error->message, HasSubstr("did not answer completely within"));
  EXPECT_TRUE(error->was_sent);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

INSTANTIATE_TEST_SUITE_P(Services, SlowAnswer,
                         testing::Values(Slow{"StatusLine", "HTTP/1.1 2"}, Slow{"Header", kHead + "X: "},
                                         Slow{"Body", kHead + "Content-Length: 100000\r\n\r\n"},
                                         Slow{"Chunk", kHead + "Transfer-Encoding: chunked\r\n\r\nffff\r\n"}),
                         [](const auto& row) { return row.param.name; });

TEST(HttpsClient, AnAnswerWithinItsLimitsIsTaken) {
  if (!test::knows_localhost()) GTEST_SKIP() << test::kNoLocalhost;
  const HostileService service(kHead + "X-Y: z\r\nContent-Length: 900000\r\n\r\n" + std::string(900'000, 'b'), "");
  const Answered answered = ask(service);
  ASSERT_TRUE(std::holds_alternative<HttpsAnswer>(answered)) << std::get<HttpsError>(answered).message;
  EXPECT_EQ(std::get<HttpsAnswer>(answered).status, 200);
  EXPECT_EQ(std::get<HttpsAnswer>(answered).header("x-y"), "z");
  EXPECT_EQ(std::get<HttpsAnswer>(answered).body.size(), 900'000U);
}

}  // namespace
}  // namespace bluetti::gateway
