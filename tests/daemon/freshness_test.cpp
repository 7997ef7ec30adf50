// SPDX-License-Identifier: MIT
// Values that are not read any more: kept, cleared or unavailable, as the configuration says, and how long what was
// published of them is good for.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/daemon/stepped_gateway.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using gateway::WhenOld;

constexpr const char* kFrequency = "bluetti/one/grid_frequency";
constexpr const char* kOldValues = "bluetti/one/old_values";
constexpr const char* kDocument = "homeassistant/device/bluetti_1001/config";

// Home data is read every 5 s, grid data every 10 s: both are old after a minute.
class OldValues : public SteppedGateway {
 protected:
  void SetUp() override {}

  static gateway::Config with(std::vector<gateway::WhenOldWishes> when_old) {
    gateway::Config config = test_config();
    config.stations[0].when_old = std::move(when_old);
    return config;
  }
  void begin(std::vector<gateway::WhenOldWishes> when_old) {
    build(with(std::move(when_old)));
    connect_both();
    pass_answering(1s, {100, 1300});
  }
  // Only reads of these blocks are answered, at once; the others come to nothing.
  void pass_answering(gateway::Duration time, const std::set<int>& blocks) {
    for (const auto end = clock.now() + time; clock.now() < end;) {
      pass(100ms);
      for (; seen_ < cloud->published.size(); ++seen_) {
        const int asked = asked_register(cloud->published[seen_].payload);
        arrive(blocks.contains(asked) ? answer(asked == 100 ? kHomeData : kGridData) : exception(4));
      }
      tick();
    }
  }
  void lose_the_cloud() {
    daemon->handle(gateway::ConnectionLost{.link = kCloud, .reason = "gone"}, clock.now());
    tick();
  }

  std::size_t seen_ = 0;
};

TEST_F(OldValues, AreKeptUnlessTheConfigurationSaysOtherwise) {
  begin({});
  pass_answering(10min, {100});
  EXPECT_EQ(local->last(kFrequency), "50");
  EXPECT_EQ(local->count(kOldValues), 0U);
}

TEST_F(OldValues, AreClearedAndComeBackWhenTheyAreReadAgainThoughTheyAreTheSame) {
  begin({{{"", WhenOld::clear}}});
  pass_answering(55s, {100});
  EXPECT_EQ(local->last(kFrequency), "50") << "not old yet";
  pass_answering(10s, {100});
  EXPECT_EQ(local->last(kFrequency), "");
  EXPECT_EQ(local->last("bluetti/one/grid_phase/1/voltage"), "");
  EXPECT_EQ(local->last("bluetti/one/soc"), "87") << "that is still being read";
  pass_answering(11min, {100, 1300});
  EXPECT_EQ(local->last(kFrequency), "50");
  EXPECT_EQ(local->last("bluetti/one/grid_phase/1/voltage"), "230.1");
}

TEST_F(OldValues, AreNullInTheStateAsAWhole) {
  gateway::Config config = with({{{"frequency", WhenOld::clear}}});
  config.local.json_state = true;
  build(std::move(config));
  connect_both();
  pass_answering(1s, {100, 1300});
  EXPECT_NE(local->last("bluetti/one/state").find("\"grid_frequency\":50"), std::string::npos);
  pass_answering(2min, {100});
  EXPECT_NE(local->last("bluetti/one/state").find("\"grid_frequency\":null"), std::string::npos);
}

TEST_F(OldValues, AreCountedByFieldAndUnitAndThatOfTheStationBeatsTheDefault) {
  begin({{{"", WhenOld::clear}}, {{"Hz", WhenOld::keep}, {"grid_phase/1/power", WhenOld::keep}}});
  pass_answering(2min, {100});
  EXPECT_EQ(local->last(kFrequency), "50");
  EXPECT_EQ(local->last("bluetti/one/grid_phase/1/power"), "-120");
  EXPECT_EQ(local->last("bluetti/one/grid_phase/1/voltage"), "");
}

TEST_F(OldValues, AreUnavailableToHomeAssistantOneByOne) {
  begin({{{"frequency", WhenOld::unavailable}}});
  EXPECT_EQ(local->last(kOldValues), "[]");
  const std::string document = local->last(kDocument);
  EXPECT_NE(document.find(R"({"topic":"bluetti/one/old_values","value_template":"{{ 'offline' if 'grid_frequency' in )"
                          R"(value_json else 'online' }}"})"),
            std::string::npos)
      << document;
  EXPECT_EQ(document.find("'soc' in value_json"), std::string::npos);
  pass_answering(2min, {100});
  EXPECT_EQ(local->last(kOldValues), R"(["grid_frequency"])");
  EXPECT_EQ(local->last(kFrequency), "50") << "the last value can still be seen";
  pass_answering(11min, {100, 1300});
  EXPECT_EQ(local->last(kOldValues), "[]");
}

TEST_F(OldValues, ArePartsOfABlockToo) {
  begin({{{"", WhenOld::clear}}});
  for (int minute = 0; minute < 2; ++minute) {
    pass_answering(50s, {100});
    hear(push(1300, "01f4 0001"));  // the frequency and how many phases there are
  }
  EXPECT_EQ(local->last(kFrequency), "50");
  EXPECT_EQ(local->last("bluetti/one/grid_phase/1/voltage"), "");
}

TEST_F(OldValues, AreNotThoseThatAreOnlyPushed) {
  gateway::Config config = with({{{"", WhenOld::clear}}});
  config.stations[0].poll[1300] = 0;
  build(std::move(config));
  connect_both();
  pass_answering(1s, {100});
  hear(push(1300, kGridData));
  pass_answering(20min, {100});
  EXPECT_EQ(local->last(kFrequency), "50");
}

TEST_F(OldValues, AreThoseOfACloudThatIsAwayAndComeBackWithIt) {
  begin({{{"", WhenOld::clear}}});
  lose_the_cloud();
  pass(2min);
  EXPECT_EQ(local->last(kFrequency), "");
  EXPECT_EQ(local->last("bluetti/one/soc"), "");
  daemon->handle(gateway::Connected{kCloud}, clock.now());
  pass_answering(1s, {100, 1300});
  EXPECT_EQ(local->last(kFrequency), "50");
  EXPECT_EQ(local->last("bluetti/one/soc"), "87");
}

TEST_F(OldValues, OfARunBeforeAreClearedIfTheStationDoesNotSpeakAgain) {
  build(with({{{"", WhenOld::clear}}}));
  daemon->handle(gateway::Connected{kLocal}, clock.now());
  pass(50s);
  EXPECT_EQ(local->count(kFrequency), 0U);
  pass(15s);
  EXPECT_EQ(local->last(kFrequency), "");
}

TEST_F(OldValues, ThatAreUnavailableAreNotToldAgainNorThoseOfARunBeforeEmptied) {
  build(with({{{"", WhenOld::unavailable}}}));
  connect_both();
  pass_answering(2min, {});
  EXPECT_EQ(local->count(kFrequency), 0U) << "the broker holds it";
  EXPECT_THAT(local->last(kOldValues), HasSubstr("frequency"));
  pass_answering(11min, {100, 1300});
  const std::size_t told = local->count(kFrequency);
  pass_answering(90s, {100});
  EXPECT_EQ(local->count(kFrequency), told) << "nothing is told again, though it is old by now";
  EXPECT_THAT(local->last(kOldValues), HasSubstr("frequency"));
}

TEST_F(OldValues, AreClearedAsAConfigurationWantsItThatIsReadMeanwhile) {
  begin({{{"", WhenOld::unavailable}}});
  daemon->reload(std::make_shared<gateway::Config>(with({{{"", WhenOld::clear}}})), catalog(), clock.now());
  EXPECT_EQ(local->last(kOldValues), "") << "nobody needs it any more";
  pass_answering(2min, {100});
  EXPECT_EQ(local->last(kFrequency), "");
  EXPECT_EQ(local->last("bluetti/one/soc"), "87");
}

TEST_F(OldValues, AreSentAsSuchToABrokerThatWasAwayMeanwhile) {
  begin({{{"", WhenOld::clear}}});
  daemon->handle(gateway::ConnectionLost{.link = kLocal, .reason = "gone"}, clock.now());
  pass_answering(2min, {100});
  local->published.clear();
  daemon->handle(gateway::Connected{kLocal}, clock.now());
  tick();
  EXPECT_EQ(local->last(kFrequency), "");
  EXPECT_EQ(local->count(kFrequency), 1U);
  EXPECT_EQ(local->last("bluetti/one/soc"), "87");
}

TEST_F(OldValues, DoNotGrowOlderByABoost) {
  begin({{{"", WhenOld::clear}}});
  daemon->handle(gateway::MessageArrived{kLocal, nullptr, "bluetti/one/boost", "30", false, clock.now()}, clock.now());
  pass_answering(30s, {100, 1300});
  pass_answering(55s, {100});
  EXPECT_EQ(local->last(kFrequency), "50");
}

// What is slow by its interval, or because the account's requests are used up, is not old.
TEST_F(OldValues, AreThoseThatAreOlderThanThreeRealIntervals) {
  gateway::Config config = with({{{"", WhenOld::clear}}});
  config.stations[0].poll[1300] = 100;
  build(std::move(config));
  connect_both();
  pass_answering(1s, {100, 1300});
  pass_answering(290s, {100});
  EXPECT_EQ(local->last(kFrequency), "50");
  pass_answering(20s, {100});
  EXPECT_EQ(local->last(kFrequency), "");
}

TEST_F(OldValues, AreNotThoseOfStationsThatHaveToWaitForTheirTurn) {
  gateway::Config config = with({{{"", WhenOld::clear}}});
  config.accounts[0].requests_per_minute = 2;
  config.stations[0].poll = {{100, 10.0}, {1300, 10.0}};
  build(std::move(config));
  connect_both();
  pass_answering(3min, {100, 1300});
  const std::size_t cleared = static_cast<std::size_t>(std::ranges::count_if(
      local->published, [](const Published& one) { return one.topic == kFrequency && one.payload.empty(); }));
  pass_answering(20min, {100, 1300});
  EXPECT_EQ(std::ranges::count_if(local->published,
                                  [](const Published& one) { return one.topic == kFrequency && one.payload.empty(); }),
            cleared);
  EXPECT_EQ(local->last(kFrequency), "50");
}

TEST_F(OldValues, WakeNobodyWhereAllOfThemAreKeptOrOld) {
  for (const WhenOld policy : {WhenOld::keep, WhenOld::clear}) {
    build(with({{{"", policy}}}));
    daemon->handle(gateway::Connected{kLocal}, clock.now());
    tick();
    echo();
    pass(3min);
    int woken = 0;
    for (const auto end = clock.now() + 4min; clock.now() < end; ++woken) {
      const gateway::TimePoint next = daemon->tick(clock.now());
      clock.advance(std::max<gateway::Duration>(next - clock.now(), 1ms));
    }
    EXPECT_LE(woken, 8) << static_cast<int>(policy);
  }
}

class ExpiringValues : public OldValues {
 protected:
  void begin() {
    gateway::Config config = test_config();
    config.local.expires_by_interval = true;
    config.stations[0].poll[1300] = 100;
    build(std::move(config));
    connect_both();
    pass_answering(1s, {100, 1300});
  }
  [[nodiscard]] std::chrono::seconds last_expiry(std::string_view topic) const {
    const auto found = std::find_if(local->published.rbegin(), local->published.rend(),
                                    [&](const Published& one) { return one.topic == topic; });
    return found == local->published.rend() ? 0s : found->expiry;
  }
};

TEST_F(ExpiringValues, ExpireWhenTheyWillBeOldAndARefreshLater) {
  begin();
  EXPECT_EQ(last_expiry("bluetti/one/soc"), 300s + 60s);
  EXPECT_GE(last_expiry(kFrequency), 300s + 300s) << "three times its interval";
  EXPECT_LE(last_expiry(kFrequency), 300s + 302s) << "and what it was late by";
  EXPECT_EQ(last_expiry("bluetti/one/availability"), 0s);
}

TEST_F(ExpiringValues, AreRefreshedByTheHeartbeatOnlyWhileTheyAreRead) {
  begin();
  pass_answering(298s, {100});
  local->published.clear();
  pass_answering(3s, {100});
  EXPECT_EQ(local->count("bluetti/one/soc"), 1U);
  EXPECT_EQ(local->count(kFrequency), 1U);
  EXPECT_EQ(last_expiry(kFrequency), 300s + 60s) << "it is almost old";
  pass_answering(297s, {100});
  local->published.clear();
  pass_answering(3s, {100});
  EXPECT_EQ(local->count("bluetti/one/soc"), 1U);
  EXPECT_EQ(local->count(kFrequency), 0U) << "the broker shall forget it";
}

TEST_F(OldValues, ExpireInHomeAssistantAfterARefreshThatDoesNotComeIfWished) {
  gateway::Config config = test_config();
  config.stations[0].poll[1300] = 100;
  build(config);
  connect_both();
  pass_answering(1s, {100, 1300});
  EXPECT_EQ(local->last(kDocument).find("expire_after"), std::string::npos);
  config.discovery.expire_after = true;
  build(std::move(config));
  connect_both();
  pass_answering(1s, {100, 1300});
  const std::string document = local->last(kDocument);
  const auto component = [&](const std::string& id) {
    const std::size_t begin = document.find("\"" + id + "\":{");
    return begin == std::string::npos ? "(none)"
                                      : document.substr(begin, document.find("\"unique_id\"", begin) - begin);
  };
  EXPECT_NE(component("soc").find("\"expire_after\":360"), std::string::npos) << component("soc");
  EXPECT_NE(component("grid_frequency").find("\"expire_after\":600"), std::string::npos);
  EXPECT_EQ(component("connection").find("expire_after"), std::string::npos);
}

}  // namespace
}  // namespace bluetti::test
