// SPDX-License-Identifier: MIT
#include "gateway/observe/link_troubles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

class LinkTroublesTest : public testing::Test {
 protected:
  LinkTroublesTest() {
    const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text_);
    sink->set_pattern("%l %v");
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("", sink));
  }
  ~LinkTroublesTest() override { spdlog::set_default_logger(before_); }
  std::string said() {
    std::string text = text_.str();
    text_.str({});
    return text;
  }

  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  std::ostringstream text_;
  LinkTroubles troubles_;
};

TEST_F(LinkTroublesTest, ARefusedTopicIsSaidOnceWithTheRemedyOfItsLink) {
  troubles_.on("cloud home", SubscriptionRefused{{}, "PUB/AP300/1", "not authorised"});
  EXPECT_EQ(said(),
            "warning [cloud home] the broker refuses topic PUB/AP300/1: not authorised; the station does not seem to "
            "belong to this account, so that nothing of it is heard: correct its serial or model, or take it out of "
            "the configuration (logged once)\n");
  troubles_.on("cloud home", SubscriptionRefused{{}, "PUB/AP300/1", "not authorised"});
  EXPECT_EQ(said(), "");
  troubles_.on("local", SubscriptionRefused{{}, "homeassistant/status", "not authorised"});
  EXPECT_EQ(said(),
            "warning [local] the broker refuses topic homeassistant/status: not authorised; let the gateway's user "
            "read it in the broker's access list (logged once)\n");
  EXPECT_EQ(troubles_.counts().refused_topics, 3U);
}

TEST_F(LinkTroublesTest, AMessageThatIsNotDeliveredIsSaidOnceATopicAndCounted) {
  for (int count = 0; count < 3; ++count) {
    troubles_.on("local", NotDelivered{{}, "homeassistant/device/x/config", 136523, "larger than the broker takes"});
  }
  EXPECT_EQ(said(),
            "error [local] the broker does not take homeassistant/device/x/config (136523 bytes): larger than the "
            "broker takes (logged once, counted from here on)\n");
  EXPECT_EQ(troubles_.counts().not_delivered, 3U);
}

TEST_F(LinkTroublesTest, DropsAreSaidWhenTheyHappenAndAtMostOnceAMinute) {
  const TimePoint start{1h};
  troubles_.dropped(0, start);
  EXPECT_EQ(said(), "");
  troubles_.dropped(5, start);
  EXPECT_THAT(said(), testing::StartsWith("warning 5 messages came faster"));
  troubles_.dropped(7, start + 59s);
  EXPECT_EQ(said(), "");
  EXPECT_EQ(troubles_.counts().dropped, 7U);
  troubles_.dropped(9, start + 60s);
  EXPECT_THAT(said(), testing::AllOf(testing::StartsWith("warning 4 messages"), testing::HasSubstr("(9 in all)")));
}

}  // namespace
}  // namespace bluetti::gateway
