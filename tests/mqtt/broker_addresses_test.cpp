// SPDX-License-Identifier: MIT
#include "gateway/mqtt/broker_addresses.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/localhost.h"

namespace bluetti::gateway {
namespace {

class BrokerAddressesTest : public testing::Test {
 protected:
  static BrokerUrl url(const std::string& host) { return {.host = host}; }
  BrokerAddresses addresses_at(std::vector<BrokerUrl> urls) {
    return BrokerAddresses(std::move(urls), [this](const std::string& host) { return names[host]; });
  }
  // One whole try that fails, or ends: what was tried, and a star if another is to follow at once.
  static std::string attempt(BrokerAddresses& addresses) {
    const BrokerUrl begun = addresses.begin();
    const BrokerUrl tried = addresses.next(begun).value_or(BrokerUrl{.host = "nothing"});
    return tried.place() + (addresses.end(tried).others ? "*" : "");
  }

  std::map<std::string, std::vector<std::string>> names;
};

TEST_F(BrokerAddressesTest, OneUrlIsTriedAgainAndNotNamed) {
  BrokerAddresses addresses = addresses_at({url("a")});
  EXPECT_EQ(attempt(addresses), "a");
  EXPECT_EQ(attempt(addresses), "a");
  EXPECT_EQ(addresses.place(url("a")).address, "");
  EXPECT_FALSE(addresses.several());
}

TEST_F(BrokerAddressesTest, UrlsAreTriedInTurnOnceRound) {
  BrokerAddresses addresses = addresses_at({url("a"), url("b"), url("c")});
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(attempt(addresses), "a*");
    EXPECT_EQ(attempt(addresses), "b*");
    EXPECT_EQ(attempt(addresses), "c");
  }
  EXPECT_EQ(addresses.place(url("b")).address, "mqtt://b:1883");
}

TEST_F(BrokerAddressesTest, AConnectionThatLastedBeginsARoundWithTheOthers) {
  BrokerAddresses addresses = addresses_at({url("a"), url("b")});
  EXPECT_EQ(attempt(addresses), "a*");
  addresses.proven();
  EXPECT_EQ(attempt(addresses), "b");
  addresses.proven();
  EXPECT_TRUE(addresses.place(url("b")).others);
}

TEST_F(BrokerAddressesTest, ANameWithSeveralAddressesHasEachTriedInTurn) {
  names["a"] = {"192.0.2.1", "192.0.2.2"};
  BrokerAddresses addresses = addresses_at({url("a"), url("b")});
  EXPECT_EQ(attempt(addresses), "192.0.2.1*");
  EXPECT_EQ(attempt(addresses), "192.0.2.2*");
  EXPECT_EQ(attempt(addresses), "b");
  names["a"] = {"192.0.2.3"};
  EXPECT_EQ(attempt(addresses), "a*") << "looked up again, and one address needs no number";
}

TEST_F(BrokerAddressesTest, WithinOneTryAllAddressesOfANameAreThere) {
  names["a"] = {"192.0.2.1", "192.0.2.2"};
  BrokerAddresses addresses = addresses_at({url("a")});
  const BrokerUrl begun = addresses.begin();
  EXPECT_EQ(addresses.next(begun)->address, "192.0.2.1");
  EXPECT_EQ(addresses.next(begun)->address, "192.0.2.2");
  EXPECT_FALSE(addresses.next(begun));
}

TEST_F(BrokerAddressesTest, ANameThatIsNotFoundIsLeftToTheLibrary) {
  BrokerAddresses addresses = addresses_at({url("nowhere")});
  EXPECT_EQ(addresses.next(addresses.begin())->place(), "nowhere");
}

TEST_F(BrokerAddressesTest, TheResolverKnowsTheMachineItself) {
  EXPECT_EQ(addresses_of("127.0.0.1"), std::vector<std::string>{"127.0.0.1"});
  if (!test::knows_localhost()) GTEST_SKIP() << test::kNoLocalhost;
  EXPECT_FALSE(addresses_of("localhost").empty());
}

}  // namespace
}  // namespace bluetti::gateway
