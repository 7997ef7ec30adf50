// SPDX-License-Identifier: MIT
// A station that is reached on the local network and through the cloud: what is published while the one way and the
// other fail at random.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/daemon/station_on_both_ways.h"
#include "tests/support/log_capture.h"

namespace bluetti::test {
namespace {

TEST_F(StationOnBothWays, IsReadOnTheLocalNetworkAndTheCloudIsLeftAlone) {
  pass(60s);
  EXPECT_EQ(way(), "lan");
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
  EXPECT_NE(local->last("bluetti/one/soc"), "(none)");
  EXPECT_NE(local->last("bluetti/one/grid_phase/1/voltage"), "(none)");
  EXPECT_EQ(asked, 0U);
  EXPECT_EQ(lan.connects, 1);
}

TEST_F(StationOnBothWays, TheCloudTakesOverAfterThreeMissesAndTheLocalNetworkComesBackWithinAMinute) {
  pass(60s);
  const std::size_t begin = messages();
  lan_answers = false;
  pass(30s + 3 * 5s + 1s);  // the next round, and three reads in it
  EXPECT_EQ(way(), "cloud");
  pass(60s);
  EXPECT_EQ(way(), "cloud");
  lan_answers = true;
  pass(60s);
  EXPECT_EQ(way(), "lan");
  const auto is_offline = [](const Published& message) { return message.payload == "offline"; };
  EXPECT_TRUE(
      std::none_of(local->published.begin() + static_cast<std::ptrdiff_t>(begin), local->published.end(), is_offline));
}

TEST_F(StationOnBothWays, TheCloudTakesOverWhileTheLocalNetworkGivesNothing) {
  pass(60s);
  for (const int code : {2, 6}) {
    lan_exception = static_cast<std::byte>(code);
    if (code == 2) cut_lan();
    pass(120s);
    EXPECT_EQ(way(), "cloud") << code;
    EXPECT_EQ(local->last("bluetti/one/availability"), "online");
    pass(10min);
    EXPECT_EQ(way(), "cloud") << "it does not come back to what refuses";
    lan_exception = std::byte{0};
    pass(90s);
    EXPECT_EQ(way(), "lan");
  }
}

TEST_F(StationOnBothWays, AreOfflineIfNeitherGivesAnything) {
  pass(60s);
  lan_exception = std::byte{6};
  cloud_answers = false;
  pass(5min);
  EXPECT_EQ(local->last("bluetti/one/availability"), "offline");
}

TEST_F(StationOnBothWays, AValueThatOnlyOneWayHasIsAbsentOnTheOther) {
  pass(60s);
  EXPECT_NE(local->last("bluetti/one/arm_firmware"), "");
  lan_works = false;
  cut_lan();
  pass(90s);
  ASSERT_EQ(way(), "cloud");
  EXPECT_EQ(local->last("bluetti/one/arm_firmware"), "");
  EXPECT_NE(local->last("bluetti/one/soc"), "");
  EXPECT_NE(local->last("bluetti/one/grid_import_power_limit"), "(none)");
}

class OldValuesOnBothWays : public StationOnBothWays {
  void SetUp() override {
    when_old = {{{"", gateway::WhenOld::clear}}};
    begin({Way::lan, Way::cloud});
  }
};

TEST_F(OldValuesOnBothWays, AreNotThoseOfAChangeOfTheWayButThoseOfNoWayAtAll) {
  pass(60s);
  lan_answers = false;
  pass(4min);
  ASSERT_EQ(way(), "cloud");
  lan_answers = true;
  pass(4min);
  ASSERT_EQ(way(), "lan");
  EXPECT_FALSE(payloads().at("bluetti/one/soc").contains(""));
  EXPECT_FALSE(payloads().at("bluetti/one/way").contains(""));
  lan_answers = cloud_answers = false;
  pass(5min);
  EXPECT_EQ(local->last("bluetti/one/soc"), "");
  EXPECT_NE(way(), "");
  lan_answers = true;
  pass(3min);
  EXPECT_NE(local->last("bluetti/one/soc"), "");
}

TEST_F(StationOnBothWays, TheDocumentKeepsTheEntitiesOfBothWays) {
  pass(60s);
  lan_works = false;
  cut_lan();
  pass(90s);
  ASSERT_EQ(way(), "cloud");
  const std::string document = local->last(std::string("homeassistant/device/bluetti_") + kSerialNumber + "/config");
  for (const char* id : {"_arm_firmware\"", "_grid_import_power_limit\"", "_soc\"", "_way\""}) {
    EXPECT_NE(document.find(id), std::string::npos) << id;
  }
  lan_works = true;
  pass(90s);
  ASSERT_EQ(way(), "lan");
  const std::string after = local->last(std::string("homeassistant/device/bluetti_") + kSerialNumber + "/config");
  EXPECT_NE(after.find("_grid_import_power_limit\""), std::string::npos);
}

TEST_F(StationOnBothWays, ThousandRandomCutsBringNoFalseValueAndNoStepInAnEnergy) {
  lan_works = false;
  pass(90s);
  const auto by_cloud = payloads();
  lan_works = true;
  pass(180s);
  ASSERT_EQ(way(), "lan");
  std::map<std::string, std::set<std::string>> true_values = payloads();
  for (const auto& [topic, values] : by_cloud) true_values[topic].insert(values.begin(), values.end());
  const std::size_t begin = messages();

  std::mt19937 random(20261129);
  int back_late = 0;
  int to_cloud = 0;
  for (int cut = 0; cut < 1000; ++cut) {
    lan_works = random() % 3 != 0;
    lan_answers = random() % 3 != 0;
    if (random() % 2 == 0) cut_lan();
    pass(std::chrono::seconds(random() % 60));
    to_cloud += way() == "cloud" ? 1 : 0;
    lan_works = lan_answers = true;
    pass(60s);
    back_late += way() == "lan" ? 0 : 1;
  }
  std::map<std::string, double> sums;
  std::size_t checked = 0;
  std::size_t false_values = 0;
  std::size_t steps = 0;
  for (std::size_t index = begin; index < local->published.size(); ++index) {
    const Published& message = local->published[index];
    if (!message.topic.starts_with("bluetti/one/")) continue;
    ++checked;
    if (message.topic.ends_with("/clock_drift")) continue;  // which the time makes
    if (message.topic.ends_with("_integrated")) {
      if (message.payload.empty()) continue;
      EXPECT_GE(std::stod(message.payload), sums[message.topic]) << message.topic;
      sums[message.topic] = std::stod(message.payload);
      continue;
    }
    const auto& allowed = true_values[message.topic];
    const bool is_true = allowed.contains(message.payload) || message.payload.empty();
    if (!is_true) ADD_FAILURE() << message.topic << ": " << message.payload;
    false_values += is_true ? 0 : 1;
    const std::size_t others = allowed.size() - allowed.count("");  // than the absent one
    if (message.topic.ends_with("_energy") && !message.payload.empty() && others > 1) ++steps;
  }
  RecordProperty("values", static_cast<int>(checked));
  EXPECT_GT(checked, 10'000U);
  EXPECT_GT(to_cloud, 100);
  EXPECT_EQ(false_values, 0U);
  EXPECT_EQ(steps, 0U);
  EXPECT_EQ(back_late, 0);
}

// The two ways to one station need not count from the same start, nor round alike.
class WaysThatCountOtherwise : public StationOnBothWays, public testing::WithParamInterface<int> {};

TEST_P(WaysThatCountOtherwise, MakeNoStepInAnEnergyOverRandomCuts) {
  lan_is_ahead = GetParam();
  pass(60s);
  ASSERT_EQ(way(), "lan");
  std::mt19937 random(20261129);
  int to_cloud = 0;
  for (int cut = 0; cut < 250; ++cut) {
    lan_works = random() % 2 != 0;
    lan_answers = random() % 3 != 0;
    if (random() % 2 == 0) cut_lan();
    pass(std::chrono::seconds(random() % 90));
    to_cloud += way() == "cloud" ? 1 : 0;
    lan_works = lan_answers = true;
    pass(60s);
  }
  EXPECT_GT(to_cloud, 50);
  std::map<std::string, std::set<std::string>> energies;
  for (const auto& [topic, values] : payloads()) {
    const bool is_counter = topic.ends_with("_energy") && !topic.starts_with("bluetti/one/pack/");
    if (!is_counter) continue;
    std::set<std::string> shown = values;
    shown.erase("");
    EXPECT_EQ(shown.size(), 1U) << topic;
    energies[topic] = shown;
  }
  EXPECT_GE(energies.size(), 4U);
}

INSTANTIATE_TEST_SUITE_P(Tenths, WaysThatCountOtherwise, testing::Values(-1, 1, 5, 1234, -30));

TEST_F(StationOnBothWays, IsReadThroughTheCloudWhileAnotherOneHasItsAddress) {
  begin({Way::lan, Way::cloud}, true, kAnother);
  pass(60s);
  EXPECT_EQ(way(), "cloud");
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
}

TEST_F(StationOnBothWays, ThatIsNotOnTheLocalNetworkIsNotCalledOfflineWhileTheCloudHasIt) {
  lan_works = lan_answers = false;
  const LogCapture log;
  begin({Way::lan, Way::cloud});
  pass(5min);
  EXPECT_EQ(way(), "cloud");
  EXPECT_EQ(log.count("offline"), 0) << log.text();
  EXPECT_EQ(local->last("bluetti/one/availability"), "online");
}

}  // namespace
}  // namespace bluetti::test
