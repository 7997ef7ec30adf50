// SPDX-License-Identifier: MIT
#include "gateway/local/local_connection.h"

#include <gtest/gtest.h>

namespace bluetti::gateway {
namespace {

TEST(LocalConnection, TwoInstallationsHaveDifferentClientIdsOfNoMoreThan23Characters) {
  const std::string one = local_connection({}, "0123456789abcdef").client_id;
  EXPECT_EQ(one, "bluetti-gateway-0123456");
  EXPECT_LE(one.size(), 23U) << "MQTT 3.1.1, section 3.1.3.1: what every broker must take";
  EXPECT_NE(one, local_connection({}, "fedcba9876543210").client_id);
}

TEST(LocalConnection, AConfiguredClientIdIsTakenAsItIs) {
  LocalConfig local;
  local.client_id = "gw-1";
  local.has_client_id = true;
  EXPECT_EQ(local_connection(local, "0123456789abcdef").client_id, "gw-1");
}

}  // namespace
}  // namespace bluetti::gateway
