// SPDX-License-Identifier: MIT
// Ten thousand wishes at random, against stations with faults at random: whatever is said of a setting is true, nothing
// outside the allow-list is written, and every wish comes to a result.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/control/controlled_station.h"

namespace bluetti::test {
namespace {

using gateway::ControlOutcome;
using gateway::simulator::WriteFaults;

constexpr int kWishesOfAStation = 250;

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  bool one_in(int many) { return below(many) == 0; }

  WriteFaults faults() {
    WriteFaults faults;
    switch (below(8)) {
      case 0:
        faults.settle = below(7);
        break;
      case 1:
        faults.echo_register = static_cast<std::uint16_t>(3000 + below(100));
        break;
      case 2:
        faults.takes_try = 1 + below(5);
        break;
      case 3:
        faults.exception = static_cast<std::uint8_t>(1 + below(6));
        break;
      case 4:
        faults.ignores = true;
        break;
      case 5:
        faults.disconnects = true;
        break;
      default:
        break;
    }
    return faults;
  }

  // Mostly right, sometimes nonsense.
  std::string value_for(const schemas::Setting& setting) {
    if (one_in(20)) return "nonsense";
    const auto& facts = setting.facts();
    if (facts.kind == schemas::SettingKind::boolean) return one_in(2) ? "ON" : "OFF";
    if (facts.kind == schemas::SettingKind::time_slot) return one_in(2) ? "off" : "charge 01:00-05:00";
    if (!facts.options.empty())
      return facts.options[static_cast<std::size_t>(below(static_cast<int>(facts.options.size())))];
    return std::to_string(below(110));
  }

 private:
  std::minstd_rand random_;
};

class RandomWishes : public testing::TestWithParam<std::tuple<const char*, unsigned>> {};

TEST_P(RandomWishes, AreNeverSaidToBeWhatTheyAreNot) {
  const auto [name, seed] = GetParam();
  Chance chance(seed);
  ControlledStation world(name, {.enabled = true, .per_minute = 1000, .consents = {"outputs", "grid"}});
  ASSERT_FALSE(world.settings->all().empty());
  for (int each = 0; each < kWishesOfAStation; ++each) {
    const auto& all = world.settings->all();
    const schemas::Setting& setting = all[static_cast<std::size_t>(chance.below(static_cast<int>(all.size())))];
    if (!world.connected) {
      world.reconnect();
      world.pass(4s);
    }
    world.simulator.set_write_faults(chance.faults());
    world.results.clear();
    const std::string value = chance.value_for(setting);
    world.wish(setting.path(), value);
    for (int second = 0; second < 120 && world.results.empty(); ++second) world.pass(1s);
    ASSERT_FALSE(world.results.empty()) << setting.path() << " = " << value << ": a wish was lost";
    const auto& result = world.results.front();
    const bool has_it = setting.is_same(world.truth(setting.path()), value);
    if (result.outcome == ControlOutcome::confirmed) {
      EXPECT_TRUE(has_it) << setting.path() << " = " << value << ", " << result.reason;
    } else if (result.reason.find("not confirmed") == std::string::npos) {
      EXPECT_FALSE(has_it) << setting.path() << " = " << value << ", " << result.reason;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, RandomWishes,
                         testing::Combine(testing::Values("AP300", "ELITE200V2", "EL100V2", "AC180"),
                                          testing::Range(1U, 11U)));

}  // namespace
}  // namespace bluetti::test
