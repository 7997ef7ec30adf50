// SPDX-License-Identifier: MIT
#include "gateway/daemon/installation.h"

#include <gtest/gtest.h>

#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

// With its order, or by which broker it is reached, a gateway does not become another.
TEST(Installation, IsMadeOfWhatStays) {
  gateway::Config config = test_config(2);
  const std::string id = gateway::installation_of(config);
  EXPECT_EQ(id.size(), 16U);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  std::swap(config.stations[0], config.stations[1]);
  config.local.url.host = "elsewhere";
  config.stations[0].name = "Cellar";
  EXPECT_EQ(gateway::installation_of(config), id);
}

TEST(Installation, OfAnotherGatewayIsAnother) {
  const std::string id = gateway::installation_of(test_config(2));
  EXPECT_NE(gateway::installation_of(test_config(1)), id);
  gateway::Config config = test_config(2);
  config.local.base = "shed";
  EXPECT_NE(gateway::installation_of(config), id);
  config = test_config(2);
  config.shard = {.index = 1, .count = 2};
  EXPECT_NE(gateway::installation_of(config), id);
}

}  // namespace
}  // namespace bluetti::test
