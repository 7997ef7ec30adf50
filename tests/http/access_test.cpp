// SPDX-License-Identifier: MIT
// Who may see what: the owner on this machine, whoever has the token, Home Assistant's ingress; and no web page.
#include "gateway/http/access.h"

#include <gtest/gtest.h>

#include "tests/http/snapshot_fixture.h"

namespace bluetti::gateway::http {
namespace {

using namespace std::chrono_literals;
using test::get;

constexpr std::string_view kToken = "0123456789abcdef";
constexpr TimePoint kThen{std::chrono::hours(1)};

HttpConfig with_token() {
  HttpConfig config;
  config.host = "0.0.0.0";
  config.token = Secret(std::string(kToken));
  return config;
}

Request from_afar(std::string address = "192.168.1.7") {
  Request request = get("/");
  request.peer = {std::move(address), false};
  return request;
}

Request with(Request request, std::string_view token) {
  request.headers.authorization = "Bearer " + std::string(token);
  return request;
}

int status_of(const std::optional<Answer>& refused) {
  return refused ? refused->status : 200;
}

TEST(Access, TrustsThisMachine) {
  Access access{HttpConfig{}};
  EXPECT_EQ(status_of(access.refuse(get("/"), false, kThen)), 200);
}

TEST(Access, DoesNotTrustNamesThatAnybodyCanPointHere) {
  HttpConfig config;
  config.hosts = {"gateway.lan"};
  Access access(config);
  for (const char* host :
       {"127.0.0.1", "127.0.0.1:8089", "[::1]:8089", "localhost", "LOCALHOST:1", "gateway.lan", "Gateway.LAN:8089"}) {
    Request request = get("/");
    request.headers.host = host;
    EXPECT_EQ(status_of(access.refuse(request, false, kThen)), 200) << host;
  }
  for (const char* host : {"", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "a b", "127.0.0.1:x",
                           "127.0.0.1@evil", "evil.gateway.lan"}) {
    Request request = get("/");
    request.headers.host = host;
    EXPECT_EQ(status_of(access.refuse(request, true, kThen)), 421) << host;
  }
}

TEST(Access, AProxyOnThisMachineDoesNotMakeTheWorldLocal) {
  Access access(with_token());
  Request request = get("/");
  request.headers.forwarded = "for=203.0.113.9";
  EXPECT_EQ(status_of(access.refuse(request, false, kThen)), 401);
}

TEST(Access, OthersNeedTheToken) {
  Access access(with_token());
  EXPECT_EQ(status_of(access.refuse(from_afar(), false, kThen)), 401);
  EXPECT_EQ(status_of(access.refuse(from_afar(), true, kThen)), 200) << "what shows nothing";
  EXPECT_EQ(status_of(access.refuse(with(from_afar(), kToken), false, kThen)), 200);
  for (const char* wrong : {"", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF"}) {
    Access another(with_token());
    EXPECT_EQ(status_of(another.refuse(with(from_afar(), wrong), false, kThen)), 401) << wrong;
  }
}

TEST(Access, WithoutATokenOthersSeeNothing) {
  HttpConfig config;
  config.ingress = true;
  Access access(config);
  EXPECT_EQ(status_of(access.refuse(from_afar(), false, kThen)), 403);
  EXPECT_EQ(status_of(access.refuse(with(from_afar(), ""), false, kThen)), 403);
}

TEST(Access, WrongTokensMakeTheirAddressWaitAndNoOther) {
  Access access(with_token());
  for (int i = 0; i < WrongTokens::kMost; ++i) {
    EXPECT_EQ(status_of(access.refuse(with(from_afar(), "wrong"), false, kThen)), 401);
  }
  EXPECT_EQ(status_of(access.refuse(with(from_afar(), kToken), false, kThen)), 429);
  EXPECT_EQ(status_of(access.refuse(with(from_afar("192.168.1.8"), kToken), false, kThen)), 200);
  EXPECT_EQ(status_of(access.refuse(with(from_afar(), kToken), false, kThen + WrongTokens::kWait)), 200);
  EXPECT_EQ(access.wrong_tokens().count(), 5U);
}

TEST(Access, AFloodOfAddressesTakesNoMemory) {
  WrongTokens tokens;
  for (int i = 0; i < 20'000; ++i) tokens.note(std::to_string(i), kThen + std::chrono::milliseconds(i));
  EXPECT_EQ(tokens.count(), 20'000U);
}

TEST(Access, HomeAssistantsIngressIsTrustedByItsAddressAlone) {
  HttpConfig config = with_token();
  Request request = from_afar(std::string(kSupervisor));
  request.headers.host = "homeassistant.local:8123";
  EXPECT_EQ(status_of(Access(config).refuse(request, false, kThen)), 421) << "not configured";
  config.ingress = true;
  Access access(config);
  EXPECT_EQ(status_of(access.refuse(request, false, kThen)), 200);
  request.peer.address = "172.30.32.3";
  EXPECT_EQ(status_of(access.refuse(request, false, kThen)), 421);
}

TEST(Access, ABrowserSignsInAndHasACookie) {
  Access access(with_token());
  EXPECT_FALSE(access.sign_in(from_afar(), "wrong", kThen));
  const auto cookie = access.sign_in(from_afar(), kToken, kThen);
  ASSERT_TRUE(cookie);
  EXPECT_EQ(cookie->find(kToken), std::string::npos);
  Request request = from_afar();
  request.headers.cookie = "a=b; bluetti_gateway=" + *cookie + "; c=d";
  EXPECT_EQ(status_of(access.refuse(request, false, kThen)), 200);
  request.headers.cookie = "a=b; bluetti_gateway=" + *cookie + "0";
  EXPECT_EQ(status_of(access.refuse(request, false, kThen)), 401);
  HttpConfig other = with_token();
  other.token = Secret("another token 123");
  request.headers.cookie = "bluetti_gateway=" + *cookie;
  EXPECT_EQ(status_of(Access(other).refuse(request, false, kThen)), 401) << "another token ends all sign-ins";
}

TEST(Access, ChangesNeedControlAndTheTokenEvenOnThisMachine) {
  HttpConfig config = with_token();
  EXPECT_EQ(status_of(Access(config).refuse_change(with(get("/"), kToken), kThen)), 403);
  config.control = true;
  Access access(config);
  EXPECT_EQ(status_of(access.refuse_change(get("/"), kThen)), 401);
  EXPECT_EQ(status_of(access.refuse_change(with(get("/"), kToken), kThen)), 200);
}

TEST(Access, AnotherSiteChangesNothing) {
  HttpConfig config = with_token();
  config.control = true;
  Access access(config);
  Request request = with(get("/"), kToken);
  request.headers.origin = "http://127.0.0.1:8089";
  request.headers.fetch_site = "same-origin";
  EXPECT_EQ(status_of(access.refuse_change(request, kThen)), 200);
  for (const char* origin : {"http://evil.example", "null", "http://127.0.0.1:8090", "http://127.0.0.1"}) {
    request.headers.origin = origin;
    EXPECT_EQ(status_of(access.refuse_change(request, kThen)), 403) << origin;
  }
  request.headers.origin.clear();
  for (const char* site : {"cross-site", "same-site"}) {
    request.headers.fetch_site = site;
    EXPECT_EQ(status_of(access.refuse_change(request, kThen)), 403) << site;
  }
}

}  // namespace
}  // namespace bluetti::gateway::http
