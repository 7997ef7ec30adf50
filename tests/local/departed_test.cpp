// SPDX-License-Identifier: MIT
#include "gateway/local/departed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::Departed;
using gateway::TimePoint;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kTopic = "homeassistant/device/bluetti_1001/config";

class DepartedTest : public testing::Test {
 protected:
  void add(const char* topic) {
    departed.add(topic, std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"sensor:soc"}));
    departed.tick(now);
  }

  Departed::Devices state;
  Departed departed{state};
  TimePoint now{1h};
};

TEST_F(DepartedTest, EachIsAnnouncedOnceMoreAndThenTakenAwayForGood) {
  add(kTopic);
  EXPECT_THAT(departed.take_announced(now + 1h), IsEmpty()) << "Home Assistant did not come";
  departed.remind(now);
  EXPECT_EQ(departed.next_action(), now + Departed::kAnother);
  EXPECT_THAT(departed.take_announced(now), IsEmpty());
  now += Departed::kAnother;
  const std::vector<discovery::Announced> announced = departed.take_announced(now);
  ASSERT_THAT(announced, SizeIs(1));
  EXPECT_EQ(announced[0].topic, kTopic);
  EXPECT_THAT(announced[0].components, ElementsAre("sensor:soc"));
  EXPECT_THAT(departed.take_announced(now + 1h), IsEmpty());
  EXPECT_THAT(departed.take_buried(now), IsEmpty());
  EXPECT_EQ(departed.next_action(), now + Departed::kTakenIn);
  now += Departed::kTakenIn;
  EXPECT_THAT(departed.take_buried(now), ElementsAre(kTopic));
  EXPECT_THAT(state, IsEmpty()) << "Home Assistant has seen it";
}

TEST_F(DepartedTest, ADeviceThatIsThereAgainIsForgotten) {
  add(kTopic);
  add("homeassistant/device/bluetti_1002/config");
  EXPECT_TRUE(departed.take_changed());
  departed.keep(kTopic);
  EXPECT_TRUE(departed.take_changed());
  EXPECT_THAT(departed.topics(), ElementsAre("homeassistant/device/bluetti_1002/config"));
  departed.keep(kTopic);
  EXPECT_FALSE(departed.take_changed());
}

TEST_F(DepartedTest, AllAreForgottenADayAfterTheLast) {
  add(kTopic);
  now += 23h;
  departed.tick(now);
  add("homeassistant/device/bluetti_1002/config");
  departed.tick(now + 23h);
  EXPECT_THAT(state, SizeIs(2));
  departed.tick(departed.next_action());
  EXPECT_THAT(state, IsEmpty());
  EXPECT_EQ(departed.next_action(), TimePoint::max());
}

TEST_F(DepartedTest, AnEmptyDeviceIsNoneToTakeAway) {
  departed.add(kTopic, nullptr);
  departed.add(kTopic, std::make_shared<const std::vector<std::string>>());
  EXPECT_THAT(state, IsEmpty());
}

}  // namespace
}  // namespace bluetti::test
