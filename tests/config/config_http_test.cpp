// SPDX-License-Identifier: MIT
// [http]: nobody else's eyes by accident.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/config/config_changes.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

using test::config_of;
using test::kAccount;
using test::kStation;
using test::problems_of;
using test::text;
using testing::ElementsAre;
using testing::HasSubstr;

std::string http(std::string_view keys) {
  return text({kAccount, kStation, "[http]\n", keys});
}

TEST(ConfigHttp, IsOffUnlessItHasAnAddress) {
  EXPECT_FALSE(config_of(text({kAccount, kStation})).http.enabled());
  const Config config = config_of(http("listen = \"127.0.0.1:8089\"\n"));
  EXPECT_TRUE(config.http.enabled());
  EXPECT_EQ(config.http.host, "127.0.0.1");
  EXPECT_EQ(config.http.port, 8089);
  EXPECT_EQ(config_of(http("listen = \"[::1]:80\"\n")).http.host, "::1");
  EXPECT_EQ(config_of(http("listen = \"localhost\"\n")).http.port, 8089) << "the usual port";
}

TEST(ConfigHttp, OtherMachinesNeedATokenOrIngress) {
  EXPECT_THAT(problems_of(http("listen = \"0.0.0.0:8089\"\n")), ElementsAre(HasSubstr("set `token_file`")));
  EXPECT_TRUE(config_of(http("listen = \"0.0.0.0:8089\"\ntoken = \"0123456789abcdef\"\n")).http.enabled());
  EXPECT_TRUE(config_of(http("listen = \"0.0.0.0:8089\"\ningress = true\n")).http.ingress);
}

TEST(ConfigHttp, AShortTokenIsRefused) {
  EXPECT_THAT(problems_of(http("token = \"secret\"\n")), ElementsAre(HasSubstr("16 printable characters")));
  EXPECT_THAT(problems_of(http("token = \"with a blank in the middle\"\n")), ElementsAre(HasSubstr("printable")));
}

TEST(ConfigHttp, ControlNeedsATokenAndControl) {
  EXPECT_THAT(problems_of(http("control = true\n")),
              testing::UnorderedElementsAre(HasSubstr("needs a token"), HasSubstr("[control]")));
  EXPECT_TRUE(
      config_of(http("control = true\ntoken = \"0123456789abcdef\"\n[control]\nenabled = true\n")).http.control);
}

TEST(ConfigHttp, SaysWhatAnAddressLooksLike) {
  for (const char* wrong : {"8089", "example.com:80", "127.0.0.1:0", "127.0.0.1:99999", "http://127.0.0.1", "*:80"}) {
    EXPECT_THAT(problems_of(http("listen = \"" + std::string(wrong) + "\"\n")),
                ElementsAre(HasSubstr("127.0.0.1:8089")))
        << wrong;
  }
  EXPECT_THAT(problems_of(http("hosts = [\"http://x\"]\n")), ElementsAre(HasSubstr("without scheme")));
  EXPECT_THAT(config_of(http("hosts = [\"Gateway.lan\"]\n")).http.hosts, ElementsAre("gateway.lan"));
}

TEST(ConfigHttp, AChangeIsNoticedAndTheTokenNotTold) {
  const ConfigChanges changes = changes_between(config_of(http("token = \"0123456789abcdef\"\n")),
                                                config_of(http("token = \"0123456789abcdeX\"\n")));
  EXPECT_TRUE(changes.http);
  EXPECT_THAT(changes.lines, ElementsAre(testing::Not(HasSubstr("0123456789"))));
}

}  // namespace
}  // namespace bluetti::gateway
