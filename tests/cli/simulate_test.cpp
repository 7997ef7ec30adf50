// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/cli_fixture.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;

TEST(Simulate, RefusesTheVendorsBrokerHoweverItIsWritten) {
  for (const char* url :
       {"mqtts://iot.bluettipower.com:18760", "mqtts://IOT.BluettiPower.com:18760", "mqtts://bluettipower.com:8883",
        "mqtts://iot.bluettipower.com.:18760", "mqtts://mqtt.eu.bluettipower.com:18760"}) {
    const Outcome outcome = run_program({"simulate", "--broker", url});
    EXPECT_EQ(outcome.code, 2) << url;
    EXPECT_THAT(outcome.err, HasSubstr("is the vendor's")) << url;
  }
}

// Nobody listens on port 1, so that it ends by itself.
TEST(Simulate, TakesAnyOtherBrokerAndSaysHowItIsKnownThere) {
  testing::internal::CaptureStderr();
  const Outcome outcome = run_program({"simulate", "--broker", "mqtt://127.0.0.1:1"});
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(log, HasSubstr("client id bluetti-simulator-2345000000001"));
}

}  // namespace
}  // namespace bluetti::test
