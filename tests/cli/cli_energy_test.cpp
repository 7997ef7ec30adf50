// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/cli/cli_fixture.h"
#include "tests/discovery/full_station.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using nlohmann::json;
using test::Outcome;
using test::run_program;
using testing::Contains;
using testing::HasSubstr;

class EnergyDashboard : public testing::Test {
 protected:
  Outcome run(const std::string& model, std::vector<std::string> more = {}) {
    const auto file = folder_.write("gateway.toml", R"([[account]]
id = "home"
certificate = "home.pfx"
certificate_password = "x"
[[station]]
id = "living_room"
serial = "2345000000001"
model = ")" + model + "\"\n");
    more.insert(more.begin(), {"energy-dashboard", "--config", file.string()});
    return run_program(more);
  }

  test::TemporaryFolder folder_;
};

TEST_F(EnergyDashboard, SaysWhichEntityBelongsWhere) {
  const Outcome outcome = run("AP300");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Home battery: charged into it"));
  EXPECT_THAT(outcome.out, HasSubstr("sensor.living_room_battery_charge_energy"));
}

TEST_F(EnergyDashboard, PrintsSettingsAsHomeAssistantTakesThem) {
  const json settings = json::parse(run("AP300", {"--json"}).out);
  ASSERT_EQ(settings["energy_sources"].size(), 3U);
  EXPECT_EQ(settings["energy_sources"][0]["stat_energy_from"], "sensor.living_room_grid_import_energy");
  EXPECT_EQ(settings["energy_sources"][2]["stat_soc"], "sensor.living_room_battery");
}

TEST_F(EnergyDashboard, SaysWhatItCannotKnowBeforeTheStationIsConnected) {
  const Outcome outcome = run("auto");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("living_room: its model is not known"));
}

// Of every model only what Home Assistant has switched on, by the ids that it gives.
TEST_F(EnergyDashboard, NamesOnlyEntitiesThatAreThere) {
  for (const auto& [name, model] : discovery::catalog().models()) {
    if (model.is_abstract || model.blocks.empty()) continue;  // or it is there on the local network only
    const discovery::FullStation full(model, 1);
    const json components = json::parse(full.documents().front().payload).at("components");
    std::set<std::string> enabled;
    for (const auto& [id, component] : components.items()) {
      if (component.value("enabled_by_default", true)) enabled.insert(component.at("default_entity_id"));
    }
    const json settings = json::parse(run(name, {"--json"}).out);
    for (const json& source : settings["energy_sources"]) {
      for (const auto& [key, value] : source.items()) {
        if (!value.is_string() || key == "type") continue;
        EXPECT_THAT(enabled, Contains(value)) << name << ": " << key;
      }
    }
  }
}

}  // namespace
}  // namespace bluetti::gateway::cli
