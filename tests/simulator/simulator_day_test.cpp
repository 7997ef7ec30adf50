// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gateway/simulator/day.h"
#include "tests/simulator/hour.h"

namespace bluetti::gateway::simulator {
namespace {

constexpr std::array<std::uint64_t, 5> kSeeds{1, 2, 3, 0xFFFFFFFFFFFFFFFF, 2345000000001};

// Walks `days` days in steps and calls `look` after each.
template <class Look>
void live_through(Day& day, double days, Look look) {
  for (double time = Day::kStep; time < days * 24 * kHour; time += Day::kStep) {
    day.advance_to(time);
    look();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(SimulatedDay, IsTheSameForTheSameSeedHoweverOftenItIsLookedAt) {
  Day looked_at_often{7};
  Day looked_at_once{7};
  for (double time = 0; time <= 5 * kHour; time += 1.7) looked_at_often.advance_to(time);
  looked_at_often.advance_to(5 * kHour);
  looked_at_once.advance_to(5 * kHour);
  for (int i = 0; i <= static_cast<int>(Quantity::online_mask); ++i) {
    const auto quantity = static_cast<Quantity>(i);
    EXPECT_EQ(looked_at_often.value(quantity), looked_at_once.value(quantity)) << info_of(quantity).name;
  }
}

TEST(SimulatedDay, DiffersFromSeedToSeed) {
  Day one{1};
  Day other{2};
  EXPECT_NE(one.value(Quantity::soc), other.value(Quantity::soc));
  EXPECT_NE(one.value(Quantity::pv_energy), other.value(Quantity::pv_energy));
}

TEST(SimulatedDay, KeepsEveryQuantityPlausibleForThreeDays) {
  for (const std::uint64_t seed : kSeeds) {
    Day day{seed};
    live_through(day, 3, [&] {
      ASSERT_GE(day.soc(), 0);
      ASSERT_LE(day.soc(), 100);
      ASSERT_GE(day.value(Quantity::pv_power), 0);
      ASSERT_GT(day.value(Quantity::ac_output_power), 0);
      ASSERT_GT(day.value(Quantity::cell_voltage), 2.5);
      ASSERT_LT(day.value(Quantity::cell_voltage), 3.65);
      ASSERT_GT(day.value(Quantity::pack_temperature), 5);
      ASSERT_LT(day.value(Quantity::pack_temperature), 50);
      ASSERT_NEAR(day.value(Quantity::grid_voltage), 230, 10);
      ASSERT_LE(std::abs(day.value(Quantity::pack_current)), 60);
      ASSERT_GE(day.value(Quantity::time_to_empty), 0);
      ASSERT_LE(day.value(Quantity::time_to_full), 5994);
    });
  }
}

TEST(SimulatedDay, HasADarkNightAndASunnyNoon) {
  Day day{3};
  double noon = 0;
  live_through(day, 2, [&] {
    const double hour = std::fmod(Day::kStartHour + static_cast<double>(day.steps() - 1) * Day::kStep / kHour, 24);
    if (hour > 19 || hour < 5) {
      ASSERT_EQ(day.value(Quantity::pv_power), 0) << "at " << hour;
    }
    if (hour > 11 && hour < 13) noon = std::max(noon, day.value(Quantity::pv_power));
  });
  EXPECT_GT(noon, 200);
}

TEST(SimulatedDay, ChargesDischargesAndUsesTheGridWithinThreeDays) {
  for (const std::uint64_t seed : kSeeds) {
    Day day{seed};
    bool charged = false;
    bool discharged = false;
    bool imported = false;
    live_through(day, 3, [&] {
      charged |= day.value(Quantity::charging_status) == 1;
      discharged |= day.value(Quantity::charging_status) == 2;
      imported |= day.value(Quantity::grid_power) > 0;
    });
    EXPECT_TRUE(charged && discharged && imported) << "seed " << seed;
  }
}

TEST(SimulatedDay, BalancesThePowersAtTheDcBusAtEveryMoment) {
  Day day{5};
  live_through(day, 3, [&] {
    const Powers& now = day.powers();
    // What comes in must go out; the inverter takes its share in one direction or the other.
    const double through_inverter = now.ac_output - now.grid;
    const double dc_side = now.pv + now.pack - now.dc_output;
    const double loss = dc_side - through_inverter;
    ASSERT_GE(loss, -1e-9);
    ASSERT_LE(loss, (1 / Day::kInverterEfficiency - 1) * (now.ac_output + std::abs(now.grid)) + 1e-9);
  });
}

TEST(SimulatedDay, CountsEnergyThatOnlyGrowsAndIsTheIntegralOfThePowers) {
  Day day{11};
  const Energies start = day.energies();
  Energies before = start;
  double pv = 0;
  double ac = 0;
  double import = 0;
  double discharge = 0;
  live_through(day, 2, [&] {
    const Energies& now = day.energies();
    ASSERT_TRUE(now.pv >= before.pv && now.ac_output >= before.ac_output && now.dc_output >= before.dc_output &&
                now.grid_import >= before.grid_import && now.grid_feed >= before.grid_feed &&
                now.pack_charge >= before.pack_charge && now.pack_discharge >= before.pack_discharge);
    before = now;
    constexpr double kToKilowattHours = Day::kStep / 3.6e6;
    pv += day.powers().pv * kToKilowattHours;
    ac += day.powers().ac_output * kToKilowattHours;
    import += std::max(day.powers().grid, 0.0) * kToKilowattHours;
    discharge += std::max(day.powers().pack, 0.0) * kToKilowattHours;
  });
  EXPECT_NEAR(day.energies().pv - start.pv, pv, 1e-6);
  EXPECT_NEAR(day.energies().ac_output - start.ac_output, ac, 1e-6);
  EXPECT_NEAR(day.energies().grid_import - start.grid_import, import, 1e-6);
  EXPECT_NEAR(day.energies().pack_discharge - start.pack_discharge, discharge, 1e-6);
  EXPECT_GT(pv, 1);
  EXPECT_GT(ac, 2);
}

TEST(SimulatedDay, StoresWhatIsChargedLessTheLosses) {
  Day day{13};
  const double stored = day.stored_energy();
  const Energies start = day.energies();
  day.advance_to(3 * 24 * kHour);
  const double charged = (day.energies().pack_charge - start.pack_charge) * 1000;
  const double discharged = (day.energies().pack_discharge - start.pack_discharge) * 1000;
  EXPECT_NEAR(day.stored_energy() - stored, charged * Day::kStorageEfficiency - discharged / Day::kStorageEfficiency,
              0.01);
}

TEST(SimulatedQuantity, IsFoundByTheNameThatASchemaRowUses) {
  EXPECT_EQ(quantity_named("soc"), Quantity::soc);
  EXPECT_EQ(quantity_named("firmware"), Quantity::firmware);
  EXPECT_EQ(quantity_named("flux"), std::nullopt);
}

TEST(SimulatedQuantity, IsConvertedToTheUnitOfTheRow) {
  EXPECT_EQ(unit_factor("V", "mV"), 1000);
  EXPECT_EQ(unit_factor("W", "VA"), 1);
  EXPECT_EQ(unit_factor("%", ""), 1);
  EXPECT_EQ(unit_factor("W", "V"), std::nullopt);
}

}  // namespace
}  // namespace bluetti::gateway::simulator
