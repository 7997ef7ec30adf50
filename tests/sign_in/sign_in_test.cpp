// SPDX-License-Identifier: MIT
// What sign_in() decides before it asks anybody. Nobody listens on port 1 of loopback: whoever asks finds out.
#include "gateway/sign_in/sign_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/host_port.h"
#include "gateway/setup/station_snippet.h"
#include "gateway/sign_in/https_client.h"
#include "gateway/sign_in/log_in_limit.h"
#include "gateway/sign_in/sign_in_access.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr WallTime kNow{std::chrono::seconds(1'790'000'000)};

SignInConfig config_with(const char* password) {
  SignInConfig config;
  config.url = "https://127.0.0.1:1";
  config.email = "me@example.com";
  config.password = Secret(password);
  config.app_key = Secret("made-up-app-key");
  config.totp_shared_key = Secret("made-up-totp-key");
  return config;
}

SignInResult sign_in_at(WallTime now, const SignInConfig& config, SignInState known) {
  return sign_in(config, std::move(known), [now] { return now; });
}

const SignInError& error_of(const SignInResult& result) {
  return std::get<SignInError>(result.outcome);
}

// What is remembered after a first try that reached nobody.
SignInState known_after_a_try(const SignInConfig& config) {
  return sign_in_at(kNow, config, {}).state;
}

TEST(SignIn, AServiceThatIsNotThereIsUnreachableAndCountsAsNoLogIn) {
  const SignInResult result = sign_in_at(kNow, config_with("right"), {});
  EXPECT_TRUE(error_of(result).unreachable);
  EXPECT_FALSE(error_of(result).final);
  EXPECT_THAT(error_of(result).message, HasSubstr("https://127.0.0.1:1 cannot be reached"));
  EXPECT_THAT(result.state.log_ins, IsEmpty());
  EXPECT_EQ(result.state.device.size(), 32U);
}

TEST(SignIn, TheDeviceIsMadeOnce) {
  const SignInState known = known_after_a_try(config_with("right"));
  EXPECT_EQ(sign_in_at(kNow, config_with("right"), known).state.device, known.device);
}

TEST(SignIn, RefusedCredentialsAreNotSentAgain) {
  SignInState known = known_after_a_try(config_with("wrong"));
  known.refused = "code 20003015";
  const SignInResult result = sign_in_at(kNow, config_with("wrong"), known);
  EXPECT_TRUE(error_of(result).final);
  EXPECT_FALSE(error_of(result).unreachable) << "nobody was asked";
  EXPECT_THAT(error_of(result).message, HasSubstr("refuses e-mail and password (code 20003015)"));
  EXPECT_EQ(result.state.refused, "code 20003015");
}

TEST(SignIn, OtherCredentialsAreTriedAndTheOldSessionForgotten) {
  SignInState known = known_after_a_try(config_with("wrong"));
  known.refused = "code 20003015";
  known.token = Secret("a.b.c");
  known.user = "77001";
  const SignInResult result = sign_in_at(kNow, config_with("right"), known);
  EXPECT_TRUE(error_of(result).unreachable) << "the service was asked";
  EXPECT_TRUE(result.state.refused.empty());
  EXPECT_TRUE(result.state.token.empty());
  EXPECT_TRUE(result.state.user.empty());
}

TEST(SignIn, TheFourthLogInOfAnHourWaits) {
  SignInState known = known_after_a_try(config_with("right"));
  known.log_ins = {kNow - 50min, kNow - 40min, kNow - 1min};
  const SignInResult result = sign_in_at(kNow, config_with("right"), known);
  EXPECT_FALSE(error_of(result).unreachable) << "nobody was asked";
  EXPECT_FALSE(error_of(result).final);
  // 1790000000 is 2026-09-21 14:13:20 UTC; the oldest of the three was 50 minutes before.
  EXPECT_THAT(error_of(result).message, HasSubstr("the next one is allowed at 2026-09-21 14:23:20 UTC"));
  EXPECT_TRUE(error_of(sign_in_at(kNow + 10min, config_with("right"), known)).unreachable) << "and then is made";
}

TEST(SignIn, ATokenThatLastsNeedsNoLogIn) {
  SignInState known = known_after_a_try(config_with("right"));
  known.token = Secret("a.b.c");
  known.token_expires = kNow + 25h;
  known.log_ins = {kNow, kNow, kNow};
  EXPECT_TRUE(error_of(sign_in_at(kNow, config_with("right"), known)).unreachable) << "it went on with the token";
  known.token_expires = kNow + 1h;
  EXPECT_TRUE(error_of(sign_in_at(kNow, config_with("right"), known)).unreachable) << "better than waiting";
  known.token_expires = kNow;
  EXPECT_FALSE(error_of(sign_in_at(kNow, config_with("right"), known)).unreachable) << "it has ended";
}

TEST(SignIn, AnAddressThatIsNoneIsTold) {
  SignInConfig config = config_with("right");
  config.url = "http://gw.example";
  EXPECT_THAT(error_of(sign_in_at(kNow, config, {})).message, HasSubstr("'http://gw.example' is not https://host"));
}

TEST(SignIn, AKeyThatWouldBecomeAHeaderOfItsOwnIsRefused) {
  SignInConfig config = config_with("right");
  config.app_key = Secret("key\r\nx-evil: 1");
  EXPECT_THAT(error_of(sign_in_at(kNow, config, {})).message, HasSubstr("check `app_key`"));
}

TEST(LogInLimit, ForgetsWhatIsOlderThanAnHour) {
  EXPECT_THAT(log_ins_of_last_hour({kNow - 61min, kNow - 60min, kNow - 59min, kNow}, kNow),
              ElementsAre(kNow - 59min, kNow));
}

TEST(LogInLimit, AClockSetBackNeitherOpensTheGateNorShutsItForLongerThanAnHour) {
  const auto log_ins = log_ins_of_last_hour({kNow + 24h, kNow + 25h, kNow + 26h}, kNow);
  EXPECT_EQ(next_log_in(log_ins), kNow + 1h);
  EXPECT_EQ(next_log_in(log_ins_of_last_hour(log_ins, kNow + 1h)), std::nullopt);
}

TEST(LogInLimit, AllowsThreeAnHour) {
  EXPECT_EQ(next_log_in({}), std::nullopt);
  EXPECT_EQ(next_log_in({kNow, kNow - 1min}), std::nullopt);
  EXPECT_EQ(next_log_in({kNow - 30min, kNow, kNow - 1min}), kNow + 30min);
}

TEST(HostPort, IsHostAndPortOrHostAlone) {
  EXPECT_EQ(parse_host_port("iot.example", 18760)->port, 18760);
  EXPECT_EQ(parse_host_port("iot.example:1", 18760)->port, 1);
  EXPECT_EQ(parse_host_port("[::1]:443", 1)->host, "::1");
  EXPECT_EQ(parse_host_port("[::1]", 7)->port, 7);
  for (const char* text : {"", ":1", "a:", "a:0", "a:65536", "a:1:2", "a b", "a/b", "[::1", "[::1]1", "user@host"}) {
    EXPECT_FALSE(parse_host_port(text, 1)) << text;
  }
}

TEST(HttpsUrl, HasNoPathAndNoOtherScheme) {
  EXPECT_EQ(parse_https_url("https://gw.example")->port, 443);
  EXPECT_EQ(parse_https_url("https://gw.example:8443/")->port, 8443);
  for (const char* text : {"http://gw.example", "gw.example", "https://", "https://gw.example/path"}) {
    EXPECT_FALSE(parse_https_url(text)) << text;
  }
}

TEST(PercentEncoding, LeavesOnlyWhatNeedsNone) {
  EXPECT_EQ(percent_encoded("me+you@example.com&x=1/\xC3\xA9~"), "me%2Byou%40example.com%26x%3D1%2F%C3%A9~");
}

TEST(Renewal, IsAtFourFifthsOfTheTokensLife) {
  EXPECT_EQ(renewal_time(kNow, kNow + 100h, kNow + 9000h), kNow + 80h);
}

TEST(Renewal, IsADayBeforeTheCertificateEnds) {
  EXPECT_EQ(renewal_time(kNow, kNow + 100h, kNow + 72h), kNow + 48h);
}

TEST(Renewal, IsNotWithinAnHour) {
  EXPECT_EQ(renewal_time(kNow, kNow + 1min, kNow + 72h), kNow + 1h);
  EXPECT_EQ(renewal_time(kNow, kNow + 100h, kNow - 1h), kNow + 1h);
}

TEST(StationSnippets, ArePastedAsTheyAre) {
  const std::vector<VendorStation> stations{{.serial = "2345000000001", .model = "AP300", .name = "Living \"room\""},
                                            {.serial = "2345000000002", .model = "PBOX", .name = "Living-room"},
                                            {.serial = "2345000000003", .model = "X9", .name = "电池"}};
  EXPECT_EQ(station_snippets(stations, schemas::Catalog::built_in(), ""), R"([[station]]
id = "living_room"
name = "Living \"room\""
model = "AP300"
serial = "2345000000001"

[[station]]
id = "living_room_2"
name = "Living-room"
model = "EP760"
serial = "2345000000002"

[[station]]
id = "x9"
name = "电池"
model = "auto"
cloud_model = "X9"
serial = "2345000000003"
)");
}

TEST(StationSnippets, NameTheAccountAmongSeveral) {
  EXPECT_THAT(
      station_snippets(std::vector<VendorStation>{{.serial = "1", .model = "AP300", .name = "bridge"}},
                       schemas::Catalog::built_in(), "home"),
      HasSubstr("id = \"station\"\nname = \"bridge\"\nmodel = \"AP300\"\nserial = \"1\"\naccount = \"home\"\n"));
}

}  // namespace
}  // namespace bluetti::gateway
