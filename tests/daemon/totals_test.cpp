// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/daemon/stepped_gateway.h"

namespace bluetti::test {
namespace {

constexpr const char* kDocument = "homeassistant/device/bluetti_gateway_0123456789abcdef_total/config";

class Totals : public SteppedGateway {
 protected:
  void SetUp() override {}
  void start(bool wanted, double second_capacity = 3000) {
    build(config(wanted, second_capacity), {&built_in_catalog(), [](const auto*) {}});
    connect_both();
  }
  [[nodiscard]] static gateway::Config config(bool wanted = true, double second_capacity = 3000) {
    gateway::Config config = test_config(2);
    config.discovery.totals = wanted;
    const schemas::Catalog& known = built_in_catalog();
    for (gateway::StationConfig& station : config.stations) {
      station.model = known.model("AP300");
      station.cloud_model = station.model->cloud_name;
      station.poll = gateway::resolve_poll(*station.model, known, {});
    }
    config.stations[0].capacity = 1000;
    config.stations[1].capacity = second_capacity;
    return config;
  }
  void reload(const char* prefix) {
    gateway::Config changed = config();
    changed.discovery.prefix = prefix;
    daemon->reload(std::make_shared<gateway::Config>(std::move(changed)), {&built_in_catalog(), [](const auto*) {}},
                   clock.now());
  }
  void say(const char* serial, std::uint16_t first, const char* data) {
    hear(push(first, data), std::string("PUB/AP300/") + serial);
  }
  void say_all() {
    say("1001", 102, "0050");  // 80 %
    say("1002", 102, "0028");  // 40 %
    say("1001", 144, "0064 0000");
    say("1002", 144, "00c8 0000");
  }
  void report() { pass(61s); }
  [[nodiscard]] std::string total(const std::string& path) const { return local->last("bluetti/bridge/total/" + path); }
};

TEST_F(Totals, AreOffUnlessTheyAreWanted) {
  start(false);
  say_all();
  report();
  EXPECT_EQ(total("pv_power"), "(none)");
  EXPECT_EQ(local->last(kDocument), "(none)");
}

TEST_F(Totals, SumPowerAndWeighTheChargeByCapacity) {
  start(true);
  say_all();
  daemon->handle(gateway::MessageArrived{kLocal, nullptr, "bluetti/bridge/log_level/set", "info", false, clock.now()},
                 clock.now());
  EXPECT_EQ(total("pv_power"), "300");
  EXPECT_EQ(total("soc"), "50");
  EXPECT_EQ(nlohmann::json::parse(local->last(kDocument))["components"]["soc"]["default_entity_id"],
            "sensor.all_stations_battery");
}

TEST_F(Totals, AreUnknownWhileAStationIsMissing) {
  start(true);
  say_all();
  report();  // neither answers its polls, so that both are offline by now
  EXPECT_EQ(total("pv_power"), "");
  EXPECT_EQ(total("soc"), "");
}

TEST_F(Totals, HaveNoChargeWithoutEveryCapacity) {
  start(true, 0);
  say_all();
  daemon->handle(gateway::MessageArrived{kLocal, nullptr, "bluetti/bridge/log_level/set", "info", false, clock.now()},
                 clock.now());
  EXPECT_EQ(total("pv_power"), "300");
  EXPECT_EQ(total("soc"), "");
}

// Home Assistant refuses an entity that it knows by another document: the old one goes first.
TEST_F(Totals, MoveWithTheGatewaysOwnDocumentTwoSecondsAfterThePrefix) {
  start(true);
  const std::string own = "/device/bluetti_gateway_0123456789abcdef/config";
  const std::string all = "/device/bluetti_gateway_0123456789abcdef_total/config";
  for (const auto& [from, to] : {std::pair("homeassistant", "ha"), std::pair("ha", "homeassistant")}) {
    report();
    local->published.clear();
    reload(to);
    EXPECT_EQ(local->last(from + own), "");
    EXPECT_EQ(local->last(from + all), "");
    EXPECT_EQ(local->last(to + own), "(none)");
    pass(2s);
    EXPECT_TRUE(nlohmann::json::parse(local->last(to + own))["components"].contains("restart")) << to;
    EXPECT_TRUE(nlohmann::json::parse(local->last(to + all))["components"].contains("soc")) << to;
  }
}

}  // namespace
}  // namespace bluetti::test
