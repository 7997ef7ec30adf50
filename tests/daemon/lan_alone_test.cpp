// SPDX-License-Identifier: MIT
// A station that only the local network reaches: who it is, whether it gives anything, and what is said of it.
#include <gtest/gtest.h>

#include <map>

#include "gateway/daemon/health_monitor.h"
#include "tests/daemon/station_on_both_ways.h"
#include "tests/support/log_capture.h"

namespace bluetti::test {
namespace {

class StationWhoseModelIsNotNamed : public StationOnBothWays {
  void SetUp() override { begin({Way::lan}, false); }
};

TEST_F(StationWhoseModelIsNotNamed, IsReadByTheModelThatItSays) {
  pass(60s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
  EXPECT_NE(local->last("bluetti/one/soc"), "(none)");
  EXPECT_NE(local->last("bluetti/one/ac_output"), "(none)");
  for (const auto& [topic, values] : payloads()) EXPECT_EQ(topic.find("identity"), std::string::npos) << topic;
  EXPECT_EQ(stations[Way::lan]->asked_of_other_units(), 0);
}

TEST_F(StationWhoseModelIsNotNamed, KeepsItsEntitiesOverARestart) {
  const std::string topic = std::string("homeassistant/device/bluetti_") + kSerialNumber + "/config";
  pass(60s);
  ASSERT_NE(local->last(topic).find("_soc\""), std::string::npos);
  const std::size_t before = messages();
  begin({Way::lan}, false);
  pass(60s);
  for (std::size_t index = before; index < local->published.size(); ++index) {
    const Published& message = local->published[index];
    if (message.topic != topic) continue;
    EXPECT_NE(message.payload.find("_soc\""), std::string::npos);
  }
  EXPECT_NE(local->last("bluetti/one/soc"), "(none)");
}

class StationOnTheLocalNetwork : public StationOnBothWays {
  void SetUp() override { begin({Way::lan}); }
};

TEST_F(StationOnTheLocalNetwork, NeedsNoAccount) {
  pass(60s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
  EXPECT_EQ(local->last("bluetti/one/way"), "(none)") << "there is no other to tell it from";
  EXPECT_EQ(asked, 0U);
}

TEST_F(StationOnTheLocalNetwork, IsNotOnlineIfItRefusesEverythingOrIsAlwaysBusy) {
  for (const int code : {2, 6}) {
    lan_exception = static_cast<std::byte>(code);
    begin({Way::lan});
    pass(120s);
    EXPECT_EQ(local->last("bluetti/one/availability"), "offline") << code;
    gateway::HealthMonitor health(clock.now());
    EXPECT_EQ(problems_of(health.look(*daemon, clock.now()), clock.now(), {}),
              std::vector<std::string>{"local network: the stations answer, but give no values: the log says why"});
  }
}

// It accepts connections and says nothing, or does not even accept them.
TEST_F(StationOnTheLocalNetwork, ThatNeverSpeaksIsOfflineAndUnhealthyWithinThreeRounds) {
  for (const bool connects : {true, false}) {
    lan_works = connects;
    lan_answers = false;
    const LogCapture log;
    begin({Way::lan});
    gateway::HealthMonitor health(clock.now());
    pass(10s);
    EXPECT_EQ(problems_of(health.look(*daemon, clock.now()), clock.now(), {}), std::vector<std::string>());
    const std::size_t before = messages();
    pass(5min);
    EXPECT_EQ(log.count("[one] offline: "), 1) << log.text();
    EXPECT_EQ(log.count(connects ? "offline: 3 reads" : "offline: no connection to 192.0.2.1:502"), 1) << log.text();
    EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
    EXPECT_GT(messages(), before);
    EXPECT_EQ(problems_of(health.look(*daemon, clock.now()), clock.now(), {}),
              std::vector<std::string>{"local network: a station has never answered: the log says which"});
    lan_works = lan_answers = true;
    pass(3min);
    EXPECT_EQ(local->last("bluetti/one/availability"), "online");
    EXPECT_EQ(problems_of(health.look(*daemon, clock.now()), clock.now(), {}), std::vector<std::string>());
  }
}

TEST_F(StationOnTheLocalNetwork, IsNotReadWhereAnotherOneAnswersAndBackWhenItIsTheRightOne) {
  pass(60s);
  ASSERT_EQ(local->last("bluetti/one/availability"), "online");
  stations[Way::lan] = station_by(Way::lan, kAnother);
  cut_lan();
  std::map<std::string, std::string> known;
  for (const Published& message : local->published) known[message.topic] = message.payload;
  const std::size_t before = messages();
  const LogCapture log;
  gateway::HealthMonitor health(clock.now());
  pass(10min);
  for (std::size_t index = before; index < messages(); ++index) {
    const Published& message = local->published[index];
    const bool is_value = message.topic.starts_with("bluetti/one/") && message.topic != "bluetti/one/availability";
    if (is_value) {
      EXPECT_EQ(message.payload, known[message.topic]) << message.topic;
    }
  }
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
  EXPECT_EQ(log.count("[one] what answers at 192.0.2.1 has another serial number"), 1) << log.text();
  EXPECT_EQ(log.count("offline: "), 0) << log.text();
  EXPECT_EQ(problems_of(health.look(*daemon, clock.now()), clock.now(), {}),
            std::vector<std::string>{"local network: another station answers in the place of one: the log says which"});
  stations[Way::lan] = station_by(Way::lan, kSerialNumber);
  pass(3min);
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
  EXPECT_EQ(problems_of(health.look(*daemon, clock.now()), clock.now(), {}), std::vector<std::string>());
}

TEST_F(StationOnTheLocalNetwork, IsReadIfItsSerialNumberCannotBe) {
  serial_is_silent = 1000;
  begin({Way::lan});
  pass(60s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
}

TEST_F(StationOnTheLocalNetwork, ThatIsBusyWhenAskedWhoItIsIsAskedAgain) {
  stations[Way::lan] = station_by(Way::lan, kAnother);
  serial_is_busy = 1;
  cut_lan();
  pass(60s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
  EXPECT_EQ(local->last("bluetti/one/soc"), "(none)");
}

// It says it only among its values: what came until then cannot be taken back, but nothing follows.
TEST_F(StationOnTheLocalNetwork, ThatTurnsOutToBeAnotherAmongItsValuesIsReadNoFurther) {
  serial_is_silent = 1;
  begin({Way::lan}, true, kAnother);
  pass(60s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
  EXPECT_EQ(local->last("bluetti/one/inverter_serial"), "(none)");
}

TEST_F(StationWhoseModelIsNotNamed, IsNotReadWhereAnotherOneAnswers) {
  begin({Way::lan}, false, kAnother);
  pass(3min);
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
  EXPECT_EQ(local->last("bluetti/one/soc"), "(none)");
}

TEST_F(StationOnTheLocalNetwork, IsOfflineAfterThreeMissesAndConnectedAgain) {
  pass(60s);
  lan_answers = false;
  pass(60s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
  const int connects = lan.connects;
  lan_answers = true;
  pass(180s);
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
  EXPECT_GT(lan.connects, connects);
}

TEST_F(StationOnTheLocalNetwork, IsNotConnectedToInQuickSuccession) {
  lan_works = false;
  for (int cut = 0; cut < 1200; ++cut) {
    clock.advance(500ms);
    tick();
    if (!std::exchange(lan.wants_connection, false)) continue;
    daemon->handle(LanNews{.link = lan.link, .what = LanNews::What::ended, .message = {}, .reason = "refused"},
                   clock.now());
  }
  EXPECT_LE(lan.connects, 12) << "in ten minutes";
}

}  // namespace
}  // namespace bluetti::test
