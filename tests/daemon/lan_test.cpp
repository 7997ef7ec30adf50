// SPDX-License-Identifier: MIT
// A station that is reached on the local network and through the cloud, both of them simulated: what is published while
// the one way and the other fail at random.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "gateway/daemon/health_monitor.h"
#include "gateway/simulator/simulated_station.h"
#include "protocol/big_endian.h"
#include "tests/daemon/stepped_gateway.h"
#include "tests/support/log_capture.h"

namespace bluetti::test {
namespace {

using gateway::LanLink;
using gateway::LanNews;
using gateway::simulator::SimulatedModel;
using gateway::simulator::SimulatedStation;
using schemas::Way;

constexpr const char* kSerialNumber = "2345000000001";
constexpr const char* kAnother = "2345000000009";

// What passes between the gateway and one station, as the test has it.
struct FakeLan {
  LanLink link;
  bool wants_connection = false;
  bool connected = false;
  int connects = 0;
  std::vector<std::vector<std::byte>> requests;
};

class FakeSocket final : public gateway::LanSocket {
 public:
  FakeSocket(FakeLan& lan, LanLink link) : lan_(lan) { lan_.link = link; }
  ~FakeSocket() override { close(); }
  void connect() override {
    lan_.wants_connection = true;
    ++lan_.connects;
  }
  bool send(std::span<const std::byte> message) override {
    if (!lan_.connected) return false;
    lan_.requests.emplace_back(message.begin(), message.end());
    return true;
  }
  void drop_partial() override {}
  void close() override {
    lan_.connected = lan_.wants_connection = false;
    lan_.requests.clear();
  }

 private:
  FakeLan& lan_;
};

class StationOnBothWays : public SteppedGateway {
 protected:
  void SetUp() override { begin({Way::lan, Way::cloud}); }

  // `lan_serial`: of the station that answers on the local network.
  void begin(std::vector<Way> via, bool is_model_known = true, const char* lan_serial = kSerialNumber) {
    const schemas::Catalog& known = built_in_catalog();
    const schemas::Model& model = *known.model("AP300");
    gateway::Config config = test_config();
    gateway::StationConfig& station = config.stations[0];
    station.model = &model;
    station.serial = kSerialNumber;
    station.cloud_model = model.cloud_name;
    station.via = via;
    station.lan.host = "192.0.2.1";
    station.when_old = when_old;
    if (!is_model_known) {
      station.model = known.model("lan");
      station.cloud_model.clear();
      station.automatic = true;
    }
    station.poll = gateway::resolve_poll(*station.model, known, {}, via);
    if (via == std::vector{Way::lan}) station.account.clear();
    gateway::Outside outside{
        .make_client =
            [this](Link link, const gateway::ConnectionOptions&) {
              return std::make_unique<RecordingClient>(link.is_local() ? local : cloud);
            },
        .make_access = [this](Link) { return std::make_unique<ReadyAccess>(access_wanted); },
        .remember = [this](const gateway::State& state) { remembered = state; },
        .recorder = nullptr,
        .make_lan = [this](LanLink link,
                           const gateway::LanEndpoint&) { return std::make_unique<FakeSocket>(lan, link); }};
    daemon = std::make_unique<gateway::Gateway>(std::make_shared<gateway::Config>(std::move(config)),
                                                std::shared_ptr<const schemas::Catalog>(&known, [](const auto*) {}),
                                                std::move(outside), remembered, clock, 1);
    for (const Way way : {Way::cloud, Way::lan}) {
      models[way] = gateway::simulator::make_simulated_model(model, known, way);
      stations[way] = station_by(way, way == Way::lan ? lan_serial : kSerialNumber);
    }
    tick();
    connect_both();
  }

  std::unique_ptr<SimulatedStation> station_by(Way by, const char* serial) {
    return std::make_unique<SimulatedStation>(
        models[by], gateway::simulator::Identity{.model = "AP300", .serial = serial, .seed = 7});
  }

  // Everything that is due between the gateway and the two stations, at one moment.
  void exchange() {
    for (int turns = 0; turns < 40; ++turns) {
      tick();
      bool busy = false;
      if (lan_works && std::exchange(lan.wants_connection, false)) {
        lan.connected = busy = true;
        daemon->handle(LanNews{.link = lan.link, .what = LanNews::What::connected, .message = {}, .reason = {}},
                       clock.now());
      }
      for (const auto& request : std::exchange(lan.requests, {})) {
        std::array<std::byte, protocol::kMaxAdu> buffer;
        const auto reply = stations[Way::lan]->on_adu(request, kFixedTime, buffer);
        count_otherwise(request, buffer);
        if (!lan_answers || reply.empty()) continue;
        const bool asks_serial = protocol::word_at(request, kFirstRegister) == 50206;
        if (asks_serial && serial_is_silent > 0 && --serial_is_silent >= 0) continue;
        const bool is_busy = asks_serial && serial_is_busy > 0 && --serial_is_busy >= 0;
        if (lan_exception != std::byte{0} || is_busy) {
          const auto refused = refusal(request, is_busy ? std::byte{6} : lan_exception);
          daemon->handle(LanNews{.link = lan.link, .what = LanNews::What::arrived, .message = refused, .reason = {}},
                         clock.now());
          busy = true;
          continue;
        }
        busy = true;
        daemon->handle(LanNews{.link = lan.link, .what = LanNews::What::arrived, .message = reply, .reason = {}},
                       clock.now());
      }
      for (; asked < cloud->published.size(); ++asked) {
        gateway::simulator::PayloadBuffer buffer;
        const std::string request = cloud->published[asked].payload;
        const auto reply = stations[Way::cloud]->on_request(std::as_bytes(std::span(request)), kFixedTime, buffer);
        if (!cloud_answers || reply.empty()) continue;
        busy = true;
        arrive({reinterpret_cast<const char*>(reply.data()), reply.size()}, std::string("PUB/AP300/") + kSerialNumber);
      }
      if (!busy) return;
    }
  }
  // The energies on the local network: two registers each, the low one first, in tenths.
  void count_otherwise(std::span<const std::byte> request, std::span<std::byte> reply) const {
    constexpr std::size_t kData = 9;
    const std::uint16_t first = protocol::word_at(request, kFirstRegister);
    if (first < 50012 || first > 50018) return;
    const int ahead = protocol::word_at(reply, kData) + lan_is_ahead;
    protocol::put_word(reply, kData, static_cast<std::uint16_t>(ahead));
  }
  [[nodiscard]] static std::vector<std::byte> refusal(std::span<const std::byte> request, std::byte exception) {
    std::vector<std::byte> reply(request.begin(), request.begin() + 9);
    reply[5] = std::byte{3};
    reply[7] |= std::byte{0x80};
    reply[8] = exception;
    return reply;
  }
  void pass(gateway::Duration time) {
    for (const auto end = clock.now() + time; clock.now() < end;) {
      clock.advance(500ms);
      exchange();
    }
  }
  void cut_lan() {
    if (!lan.connected) return;
    lan.connected = false;
    lan.requests.clear();
    daemon->handle(LanNews{.link = lan.link, .what = LanNews::What::ended, .message = {}, .reason = "cut"},
                   clock.now());
  }
  [[nodiscard]] std::string way() const { return local->last("bluetti/one/way"); }
  [[nodiscard]] std::map<std::string, std::set<std::string>> payloads() const {
    std::map<std::string, std::set<std::string>> all;
    for (const Published& message : local->published) {
      if (message.topic.starts_with("bluetti/one/")) all[message.topic].insert(message.payload);
    }
    return all;
  }

  std::vector<gateway::WhenOldWishes> when_old;

  static constexpr std::size_t kFirstRegister = 8;  // where a read names it
  static constexpr double kFixedTime = 3600;        // the stations stand still: each value has one truth

  FakeLan lan;
  std::map<Way, SimulatedModel> models;
  std::map<Way, std::unique_ptr<SimulatedStation>> stations;
  bool lan_works = true;
  bool lan_answers = true;
  std::byte lan_exception{0};  // the answer to every read, if it is not 0
  int serial_is_silent = 0;    // so many questions for its serial number are not answered
  int serial_is_busy = 0;
  bool cloud_answers = true;
  int lan_is_ahead = 0;   // tenths of a kWh
  std::size_t asked = 0;  // messages of the cloud that were dealt with
};

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
