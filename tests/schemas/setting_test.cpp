// SPDX-License-Identifier: MIT
// From a wish to registers and back. Values of the Elite 200 V2 and EP2000 are as their owners wrote them.
#include "schemas/setting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "setting_support.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Setting, BecomesAWriteOfItsRegister) {
  const Setting& threshold = built_in_setting("AP300", "ac_eco_power");
  const RegisterWrite write = written(threshold, "30", RegisterImage("AP300", 2000).data());
  EXPECT_EQ(write, (RegisterWrite{.unit = 0, .function = 6, .first_register = 2019, .values = {30}}));
}

TEST(Setting, OfTheFirstGenerationGoesToItsUnit) {
  const RegisterWrite write =
      written(built_in_setting("AC300", "ac_output"), "ON", RegisterImage("AC300", 3001).data());
  EXPECT_EQ(write, (RegisterWrite{.unit = 1, .function = 6, .first_register = 3007, .values = {1}}));
}

TEST(Setting, OfAnOptionIsItsCode) {
  const Setting& mode = built_in_setting("ELITE200V2", "charging_mode_setting");
  EXPECT_THAT(written(mode, "custom", RegisterImage("ELITE200V2", 2000).data()).values, ElementsAre(4));
}

// Energy management is the low nibble of 2241; what the rest of the register means is not known.
TEST(Setting, LeavesBitsOfItsRegisterThatBelongToOthersAsTheyAre) {
  RegisterImage image("EP2000", 2200);
  image.put(2241, 0xABC8);
  EXPECT_THAT(written(built_in_setting("EP2000", "energy_management"), "local", image.data()).values,
              ElementsAre(0xABC0));
}

TEST(Setting, IsReadAsItsTopicShowsIt) {
  RegisterImage image("ELITE200V2", 2000);
  image.put(2015, 3).put(2020, 1).put(2021, 1).put(2067, 7);
  EXPECT_EQ(built_in_setting("ELITE200V2", "dc_eco_time").read(image.data()), "3");
  EXPECT_EQ(built_in_setting("ELITE200V2", "charging_mode_setting").read(image.data()), "silent");
  EXPECT_EQ(built_in_setting("ELITE200V2", "power_lifting").read(image.data()), "ON");
  EXPECT_EQ(built_in_setting("ELITE200V2", "display_timeout").read(image.data()), "") << "a code without a name";
  EXPECT_EQ(built_in_setting("ELITE200V2", "display_timeout").read(image.data().first(20)), "") << "not read";
}

TEST(Setting, HoldsWhatWasWishedInAnyWritingOfTheNumber) {
  RegisterImage image("ELITE200V2", 2000);
  image.put(2023, 80);
  const Setting& limit = built_in_setting("ELITE200V2", "soc_high_limit");
  EXPECT_TRUE(limit.holds("80", image.data()));
  EXPECT_TRUE(limit.holds("80.0", image.data()));
  EXPECT_FALSE(limit.holds("81", image.data()));
  EXPECT_FALSE(limit.holds("80", image.data().first(10))) << "not read";
}

TEST(Setting, CanBeWrittenAsItIs) {
  RegisterImage image("AP300", 2000);
  image.put(2020, 9);
  const Setting& mode = built_in_setting("AP300", "charging_mode_setting");
  EXPECT_THAT(mode.unchanged(image.data())->values, ElementsAre(9)) << "even where it could not be wished";
  EXPECT_FALSE(mode.unchanged(image.data().first(2 * 20))) << "but not where it is not known";
}

TEST(Setting, IsCheckedWithoutTheStation) {
  const Setting& time = built_in_setting("AP300", "ac_eco_time");
  EXPECT_FALSE(time.check("4"));
  EXPECT_EQ(time.check("5")->reason, "above the maximum, 4 h");
}

TEST(Setting, WaitsForALimitThatNoSourceTells) {
  Setting current = built_in_setting("AC300", "grid_import_current_limit");
  const RegisterImage image("AC300", 3001);
  EXPECT_TRUE(current.needs_limit());
  EXPECT_THAT(refused(current, "5", image.data()), HasSubstr("set it in the configuration"));
  EXPECT_TRUE(current.narrow(std::nullopt, 10));
  EXPECT_FALSE(current.needs_limit());
  EXPECT_THAT(written(current, "10", image.data()).values, ElementsAre(10));
  EXPECT_EQ(refused(current, "11", image.data()), "above the maximum, 10 A");
}

TEST(Setting, CanBeNarrowedButNotWidened) {
  Setting limit = built_in_setting("ELITE200V2", "grid_import_current_limit");
  EXPECT_FALSE(limit.narrow(0, std::nullopt));
  EXPECT_FALSE(limit.narrow(std::nullopt, 11));
  EXPECT_FALSE(limit.narrow(8, 7));
  EXPECT_TRUE(limit.narrow(2, 8));
  EXPECT_EQ(limit.check("1")->reason, "below the minimum, 2 A");
  EXPECT_EQ(limit.check("9")->reason, "above the maximum, 8 A");
  Setting output = built_in_setting("AP300", "ac_output");
  EXPECT_FALSE(output.narrow(0, 1)) << "no number";
}

// With artificial intelligence in charge, the vendor's cloud overwrites the limit within seconds.
TEST(Setting, IsRefusedWhereWhatItDependsOnIsOtherwise) {
  const Setting& limit = built_in_setting("EP2000", "grid_import_power_limit");
  RegisterImage image("EP2000", 2200);
  image.put(2241, 8);
  EXPECT_EQ(refused(limit, "3000", image.data()), "'energy_management' must be 'local', and is 'ai'");
  image.put(2241, 0);
  EXPECT_THAT(written(limit, "3000", image.data()).values, ElementsAre(3000));
}

TEST(Setting, IsRefusedWhereWhatItDependsOnIsNotKnown) {
  const RegisterImage image("EP2000", 2200);
  EXPECT_EQ(refused(built_in_setting("EP2000", "grid_import_power_limit"), "3000", image.data().first(2 * 20)),
            "'energy_management' is not known, and this depends on it");
}

TEST(TimeSlotSetting, IsWrittenAsAWhole) {
  RegisterImage image("ELITE200V2", 2000);
  image.put(2033, 0xAA00);
  EXPECT_EQ(written(built_in_setting("ELITE200V2", "time_slot/1"), "charge 01:00-05:00", image.data()),
            (RegisterWrite{.unit = 0, .function = 16, .first_register = 2030, .values = {1, 0x0100, 0x0500}}));
  EXPECT_THAT(written(built_in_setting("ELITE200V2", "time_slot/2"), "standby 22:05-23:59", image.data()).values,
              ElementsAre(0xAA03, 0x1605, 0x173B))
      << "what stands beside the action is left alone";
}

TEST(TimeSlotSetting, SwitchedOffHasNoTimes) {
  RegisterImage image("ELITE200V2", 2000);
  image.put(2030, 1).put(2031, 0x0100).put(2032, 0x0500);
  const Setting& slot = built_in_setting("ELITE200V2", "time_slot/1");
  EXPECT_EQ(slot.read(image.data()), "charge 01:00-05:00");
  EXPECT_THAT(written(slot, "off", image.data()).values, ElementsAre(0, 0, 0));
  image.put(2030, 0);
  EXPECT_EQ(slot.read(image.data()), "off") << "whatever times are left in it";
}

TEST(TimeSlotSetting, MayTouchAnotherAndTakeThePlaceOfItself) {
  RegisterImage image("ELITE200V2", 2000);
  image.put(2030, 1).put(2031, 0x0100).put(2032, 0x0500);
  EXPECT_EQ(refused(built_in_setting("ELITE200V2", "time_slot/2"), "discharge 05:00-07:00", image.data()), "taken");
  EXPECT_EQ(refused(built_in_setting("ELITE200V2", "time_slot/1"), "charge 02:00-06:00", image.data()), "taken");
}

TEST(TimeSlotSetting, IsNotInTheWayWhenOff) {
  RegisterImage image("ELITE200V2", 2000);
  image.put(2030, 0).put(2031, 0x0100).put(2032, 0x0500);
  EXPECT_EQ(refused(built_in_setting("ELITE200V2", "time_slot/2"), "charge 02:00-06:00", image.data()), "taken");
}

TEST(SettingsOfModel, ArePathsThatTheModelNames) {
  const SettingsOfModel settings(built_in_catalog(), *built_in_catalog().model("AC2P"));
  std::vector<std::string> paths;
  for (const Setting& setting : settings.all()) paths.push_back(setting.path());
  EXPECT_THAT(paths, ElementsAre("ac_output", "dc_output", "power_lifting"));
}

TEST(SettingsOfModel, SayWhyAPathIsNone) {
  const SettingsOfModel settings(built_in_catalog(), *built_in_catalog().model("AC2P"));
  EXPECT_EQ(settings.find("soc"), nullptr);
  EXPECT_EQ(settings.why_not("soc"), "'soc' of the model 'AC2P' is only read");
  EXPECT_EQ(settings.why_not("working_mode"), "'working_mode' of the model 'AC2P' is only read");
  EXPECT_EQ(settings.why_not("ac_outptu"), "the model 'AC2P' has no setting 'ac_outptu'; did you mean 'ac_output'?");
}

TEST(SettingsOfModel, AreNotTakenOverFromTheModelItExtends) {
  const SettingsOfModel settings(built_in_catalog(), *built_in_catalog().model("AC60P"));
  EXPECT_EQ(settings.find("led"), nullptr) << "a setting of the AC60, which it extends";
}

TEST(SettingsOfModel, HaveTheModelsOwnSettleTime) {
  EXPECT_EQ(built_in_setting("AP300", "ac_eco").facts().settle, 6);
  EXPECT_EQ(built_in_setting("ELITE200V2", "dc_eco").facts().settle, 2);
  EXPECT_EQ(built_in_setting("EP2000", "working_mode").facts().settle, 5);
  EXPECT_EQ(built_in_setting("AC300", "ac_output").facts().settle, 5) << "not known";
}

}  // namespace
}  // namespace bluetti::schemas::testing
