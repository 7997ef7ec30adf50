// SPDX-License-Identifier: MIT
// What a broker's numbers mean.
#include "gateway/mqtt/reason.h"

#include <gtest/gtest.h>

namespace bluetti::gateway {
namespace {

TEST(Reason, BothVersionsOfMqttRefuseInTheSameWords) {
  EXPECT_EQ(connack_reason(4), "wrong user name or password");
  EXPECT_EQ(connack_reason(0x86), connack_reason(4));
  EXPECT_EQ(connack_reason(0x87), connack_reason(5));
  EXPECT_EQ(connack_reason(0x84), connack_reason(1));
}

TEST(Reason, AnUnknownNumberIsShown) {
  EXPECT_EQ(connack_reason(99), "the broker refused the connection (code 99)");
  EXPECT_EQ(connack_reason(255), "the broker refused the connection (code 255)");
}

}  // namespace
}  // namespace bluetti::gateway
