// SPDX-License-Identifier: MIT
// Every setting of every built-in model: what is wished, written into the registers, is what is read back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "schemas/never_write.h"
#include "schemas/wish.h"
#include "setting_support.h"

namespace bluetti::schemas::testing {
namespace {

constexpr double kAnyLimit = 10;  // what an owner configures where no source tells: users set 1 to 10 A

std::vector<Setting> every_setting() {
  std::vector<Setting> settings;
  for (const auto& [name, model] : built_in_catalog().models()) {
    SettingsOfModel of_model(built_in_catalog(), model);
    for (Setting& setting : of_model.all()) settings.push_back(std::move(setting));
  }
  return settings;
}

std::string name_of(const Setting& setting) {
  return setting.facts().model + " " + setting.path();
}

// All wishes of an option or switch; of a number its least, its greatest and one between.
std::vector<std::string> wishes_for(const Setting& setting) {
  const Setting::Facts& facts = setting.facts();
  switch (facts.kind) {
    case SettingKind::boolean:
      return {"ON", "OFF"};
    case SettingKind::option:
      return facts.options;
    case SettingKind::time_slot:
      return {"charge 01:00-05:30", "discharge 17:15-23:59", "standby 00:00-00:01", "off"};
    case SettingKind::number:
      const double step = facts.rule.step.value_or(1);
      return {number_text(*facts.rule.min), number_text(*facts.rule.min + step), number_text(*facts.rule.max)};
  }
  return {};
}

// Below what another value is, or above it: the extremes of both cannot be wished.
bool is_possible(const Setting& setting, std::string_view wish) {
  for (const Requirement& requirement : setting.facts().rule.requirements) {
    if (requirement.kind == Requirement::Kind::below && wish == "100") return false;
    if (requirement.kind == Requirement::Kind::above && wish == "0") return false;
  }
  return true;
}

TEST(EverySetting, GivesBackWhatWasWished) {
  std::size_t tried = 0;
  for (Setting& setting : every_setting()) {
    if (setting.needs_limit()) setting.narrow(std::nullopt, kAnyLimit);
    RegisterImage image = ready_for(setting);
    for (const std::string& wish : wishes_for(setting)) {
      if (!is_possible(setting, wish)) continue;
      const RegisterWrite write = written(setting, wish, image.data());
      image.apply(write);
      EXPECT_EQ(setting.read(image.data()), wish) << name_of(setting);
      EXPECT_TRUE(setting.holds(wish, image.data())) << name_of(setting) << " = " << wish;
      EXPECT_EQ(setting.unchanged(image.data()), write) << name_of(setting);
      ++tried;
    }
  }
  EXPECT_GT(tried, 400u);
}

TEST(EverySetting, IsOfItsOwnModelsUnitAndKnownFunctions) {
  for (const Setting& setting : every_setting()) {
    const Setting::Facts& facts = setting.facts();
    EXPECT_EQ(facts.modbus_unit, built_in_catalog().model(facts.model)->unit) << name_of(setting);
    EXPECT_EQ(facts.function, facts.registers == 1 ? 6 : 16) << name_of(setting);
    EXPECT_EQ(facts.registers, facts.kind == SettingKind::time_slot ? 3 : 1) << name_of(setting);
  }
}

TEST(EverySetting, TouchesNothingThatIsNeverWritten) {
  for (const Setting& setting : every_setting()) {
    const Setting::Facts& facts = setting.facts();
    for (int i = 0; i < facts.registers; ++i) {
      EXPECT_EQ(never_written(static_cast<std::uint32_t>(facts.first_register + i)), "") << name_of(setting);
    }
  }
}

TEST(EverySetting, SaysHowItIsKnown) {
  for (const Setting& setting : every_setting()) {
    EXPECT_NE(setting.facts().source, "") << name_of(setting);
    EXPECT_NE(setting.facts().title, "") << name_of(setting);
    const bool is_option = setting.facts().kind == SettingKind::option;
    EXPECT_EQ(setting.facts().options.size() > 1, is_option || setting.facts().kind == SettingKind::time_slot)
        << name_of(setting);
  }
}

// Something may hang on an output; what flows into the grid is not the gateway's to decide.
TEST(EverySetting, OfAnOutputOrTheGridNeedsConsent) {
  const std::set<std::string> outputs{"ac_output", "dc_output"};
  const std::set<std::string> grid{"grid_export",
                                   "grid_enhancement",
                                   "grid_import_power_limit",
                                   "grid_export_power_limit",
                                   "grid_export_current_limit",
                                   "energy_management"};
  for (const Setting& setting : every_setting()) {
    const std::string expected = outputs.contains(setting.path()) ? "outputs"
                                 : grid.contains(setting.path())  ? "grid"
                                                                  : "";
    EXPECT_EQ(setting.facts().rule.consent, expected) << name_of(setting);
  }
}

TEST(EverySetting, IsADifferentOneInItsModel) {
  std::set<std::string> seen;
  for (const Setting& setting : every_setting()) EXPECT_TRUE(seen.insert(name_of(setting)).second) << name_of(setting);
}

// What somebody wrote to one of these and saw it take effect.
TEST(ProvenSettings, AreMarkedSo) {
  const std::map<std::string, std::set<int>> proven{
      {"AP300", {2011, 2012, 2017, 2018, 2019}},
      {"AC300", {3002, 3007, 3008, 3019}},
      {"AC500", {3007, 3008, 3015, 3016, 3019}},
      {"EP500P", {3008, 3011}},
      {"EP2000", {2005, 2207, 2208, 2213, 2214, 2215, 2216, 2241}},
      {"EP760", {2208}},
      {"ELITE200V2", {2005, 2008, 2014, 2015, 2020, 2021, 2023, 2029, 2030, 2033, 2036, 2039, 2042, 2045, 2067, 2214}},
      {"EL30V2", {2011, 2012}},
      {"EL300", {2011, 2012, 2014, 2017, 2020, 2021, 2067, 2083, 2214}},
      {"AC2P", {2011, 2012}},
      {"EB3A", {3007, 3008}},
      {"AC200L", {3001, 3007, 3008, 3015, 3016}},
      {"AC200M", {3007, 3008}},
      {"AC180", {2011, 2012}},
      {"AC70", {2011, 2012, 2014, 2015, 2017, 2018, 2020, 2021}},
  };
  std::map<std::string, std::set<int>> verified;
  for (const Setting& setting : every_setting()) {
    if (setting.facts().evidence != Evidence::verified) continue;
    verified[setting.facts().model].insert(setting.facts().first_register);
  }
  EXPECT_EQ(verified, proven);
}

TEST(InferredModels, HaveNoProvenSetting) {
  for (const Setting& setting : every_setting()) {
    const Model* model = built_in_catalog().model(setting.facts().model);
    if (model->evidence == Evidence::verified) continue;
    EXPECT_EQ(setting.facts().evidence, Evidence::inferred) << name_of(setting);
  }
}

}  // namespace
}  // namespace bluetti::schemas::testing
