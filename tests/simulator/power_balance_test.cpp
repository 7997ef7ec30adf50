// SPDX-License-Identifier: MIT
// Whatever state a simulated station is in, what it takes from sun, grid and battery is what it gives to its loads, but
// for losses: also in what is published of it, after encoding and decoding. A wrong sign cannot hide there.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <string>

#include "gateway/simulator/simulated_station.h"
#include "schemas/catalog.h"
#include "schemas/decoder.h"
#include "tests/simulator/hour.h"

namespace bluetti::gateway::simulator {
namespace {

constexpr std::uint16_t kHomeData = 100;  // what comes before it is the first generation's
constexpr double kIdle = 5;               // W; below it a station does not say which way the battery goes
constexpr double kResolution = 8;         // W; a tenth of an ampere at the volts of a pack, and rounding
constexpr double kLoss = 0.08;            // of what passes the inverter
constexpr double kSureDirection = 20;     // W

using Published = std::map<std::string, double, std::less<>>;

// The payloads of the topics, as numbers; those that are none are left out.
void publish(const BlockWriter& block, const Day& day, Published& published) {
  std::vector<std::byte> registers(std::size_t{2} * block.registers());
  block.write_all({.model = "TEST", .serial = "2345000000001", .seed = 1}, day, registers);
  const schemas::Decoder& decoder = block.decoder();
  schemas::Row row = decoder.make_row();
  decoder.decode(registers, 0, row);
  std::array<char, schemas::kMaxFormatted> buffer{};
  for (std::size_t slot = 0; slot < row.values.size(); ++slot) {
    const auto payload = schemas::format(*decoder.slots()[slot].field, row, row.values[slot], buffer);
    double number = 0;
    const auto read = std::from_chars(payload.data(), payload.data() + payload.size(), number);
    if (read.ec == std::errc() && read.ptr == payload.data() + payload.size()) {
      published[decoder.slots()[slot].path] = number;
    }
  }
}

double number_of(const Published& published, std::string_view path) {
  const auto found = published.find(path);
  return found == published.end() ? 0 : found->second;
}

bool shows_all(const Published& published) {
  return published.contains("grid_power") && published.contains("pv_power") && published.contains("ac_output_power") &&
         published.contains("pack_voltage");
}

class PowerBalance : public ::testing::Test {
 protected:
  // Calls check(what is published, the day) for every model that shows its powers, through three days.
  template <class Check>
  void for_every_state(Check check) {
    const schemas::Catalog catalog = schemas::Catalog::built_in();
    for (const auto& [name, model] : catalog.models()) {
      const SimulatedModel simulated = make_simulated_model(model, catalog);
      for (const std::uint64_t seed : {1U, 2U, 3U}) {
        Day day{seed};
        for (double time = 0; time < 72 * kHour; time += 0.31 * kHour) {
          day.advance_to(time);
          Published published;
          for (const BlockWriter& block : simulated.blocks) {
            if (block.first_register() <= kHomeData) publish(block, day, published);
          }
          if (!shows_all(published)) continue;
          SCOPED_TRACE(fmt::format("{}, seed {}, after {:.2f} h", name, seed, time / kHour));
          check(published, day);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
};

TEST_F(PowerBalance, SurvivesEncodingDecodingAndPublishing) {
  int states = 0;
  for_every_state([&](const Published& published, const Day&) {
    const double grid = number_of(published, "grid_power") - number_of(published, "grid_feed_power");
    const double loads = number_of(published, "ac_output_power") + number_of(published, "dc_output_power");
    const double sources = number_of(published, "pv_power") + grid + number_of(published, "pack_power");
    const double lost = kLoss * (std::abs(number_of(published, "ac_output_power")) + std::abs(grid));
    ASSERT_GE(sources, loads - kIdle - kResolution);
    ASSERT_LE(sources, loads + lost + kIdle + kResolution);
    ++states;
  });
  EXPECT_GT(states, 10000);
}

TEST_F(PowerBalance, TheBatteryIsNegativeWhileItChargesAndPositiveWhileItDischarges) {
  int charging = 0;
  int discharging = 0;
  for_every_state([&](const Published& published, const Day& day) {
    const double true_power = day.powers().pack;
    if (std::abs(true_power) < kSureDirection) return;
    (true_power < 0 ? charging : discharging) += 1;
    ASSERT_NEAR(number_of(published, "pack_power"), true_power, kResolution);
    ASSERT_EQ(number_of(published, "pack_current") < 0, true_power < 0);
  });
  EXPECT_GT(charging, 1000);
  EXPECT_GT(discharging, 1000);
}

TEST_F(PowerBalance, TheGridIsPositiveWhileItGives) {
  int giving = 0;
  int taking = 0;
  for_every_state([&](const Published& published, const Day& day) {
    const double grid = number_of(published, "grid_power") - number_of(published, "grid_feed_power");
    ASSERT_NEAR(grid, day.powers().grid, 1);
    giving += day.powers().grid > kSureDirection ? 1 : 0;
    taking += day.powers().grid < -kSureDirection ? 1 : 0;
  });
  EXPECT_GT(giving, 100);
  EXPECT_GT(taking, 100);
}

}  // namespace
}  // namespace bluetti::gateway::simulator
