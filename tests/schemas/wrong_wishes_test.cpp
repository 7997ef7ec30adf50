// SPDX-License-Identifier: MIT
// Wishes that cannot come true, each with the reason that the person who wished is given.
#include <gtest/gtest.h>

#include <ostream>

#include "setting_support.h"

namespace bluetti::schemas::testing {
namespace {

struct WrongWish {
  std::string_view model;
  std::string_view path;
  std::string wish;
  std::string_view reason;
};

void PrintTo(const WrongWish& wrong, std::ostream* out) {
  *out << wrong.model << ' ' << wrong.path << " = " << wrong.wish.substr(0, 40);
}

constexpr std::string_view kTimes = "times are 00:00 to 23:59; a time slot must be 'off' or like 'charge 01:00-05:00'";
constexpr std::string_view kForm = "must be 'off' or like 'charge 01:00-05:00'";
constexpr std::string_view kOrder = "a time slot must end after it starts, on the same day";
constexpr std::string_view kHighLow = "must be above 'soc_low_limit', which is 20";

// Registers of an Elite 200 V2 with limits of 20 and 90 %, charging 01:00-05:00 in slot 1, standing by 12:00-13:00 in
// slot 3; of an EP2000 under energy management by artificial intelligence.
BlockData present(const Setting& setting) {
  static const RegisterImage elite = RegisterImage("ELITE200V2", 2000)
                                         .put(2022, 20)
                                         .put(2023, 90)
                                         .put(2030, 1)
                                         .put(2031, 0x0100)
                                         .put(2032, 0x0500)
                                         .put(2036, 3)
                                         .put(2037, 0x0C00)
                                         .put(2038, 0x0D00);
  static const RegisterImage ep2000 = RegisterImage("EP2000", 2200).put(2241, 8);
  static const RegisterImage ac500 = RegisterImage("AC500", 3001).put(3015, 20).put(3016, 90);
  static const RegisterImage elite_grid = RegisterImage("ELITE200V2", 2200);
  if (setting.facts().model == "EP2000") return ep2000.data();
  if (setting.facts().model == "AC500") return ac500.data();
  return setting.facts().block == 2200 ? elite_grid.data() : elite.data();
}

std::vector<WrongWish> wrong_wishes() {
  const auto number = [](std::string wish, std::string_view reason) {
    return WrongWish{"ELITE200V2", "soc_high_limit", std::move(wish), reason};
  };
  const auto slot = [](std::string wish, std::string_view reason) {
    return WrongWish{"ELITE200V2", "time_slot/2", std::move(wish), reason};
  };
  return {
      number("", "empty"),
      number("eighty", "'eighty' is not a number"),
      number("80 %", "'80 %' is not a number"),
      number("80%", "'80%' is not a number"),
      number(" 80", "' 80' is not a number"),
      number("80 ", "'80 ' is not a number"),
      number("+80", "'+80' is not a number"),
      number("80,5", "'80,5' is not a number"),
      number("8e1", "'8e1' is not a number"),
      number("0x50", "'0x50' is not a number"),
      number("--80", "'--80' is not a number"),
      number("-", "'-' is not a number"),
      number(".", "'.' is not a number"),
      number(".5", "'.5' is not a number"),
      number("80.", "'80.' is not a number"),
      number("8.0.0", "'8.0.0' is not a number"),
      number("nan", "'nan' is not a number"),
      number("NaN", "'NaN' is not a number"),
      number("inf", "'inf' is not a number"),
      number("-inf", "'-inf' is not a number"),
      number("infinity", "'infinity' is not a number"),
      number("null", "'null' is not a number"),
      number("true", "'true' is not a number"),
      number("ON", "'ON' is not a number"),
      number("[80]", "'[80]' is not a number"),
      number("{\"value\": 80}", "'{\"value\": 80}' is not a number"),
      number("99999999999999999999", "'99999999999999999999' is not a number"),
      number("80.00000000000000000", "'80.00000000000000000' is not a number"),
      number("101", "above the maximum, 100 %"),
      number("65616", "above the maximum, 100 %"),
      number("999999999999999", "above the maximum, 100 %"),
      number("4", "below the minimum, 5 %"),
      number("0", "below the minimum, 5 %"),
      number("-80", "below the minimum, 5 %"),
      number("80.5", "not on a step of 1 % from 5 %"),
      number("80.001", "not on a step of 1 % from 5 %"),
      number("20", kHighLow),
      number("10", kHighLow),
      number(std::string("80\n"), "has characters that are not printable ASCII"),
      number(std::string("80\0", 3), "has characters that are not printable ASCII"),
      number("\xEF\xBC\x98\xEF\xBC\x90", "has characters that are not printable ASCII"),
      number(std::string(10'240, '8'), "longer than any value (10240 bytes)"),
      {"ELITE200V2", "soc_low_limit", "90", "must be below 'soc_high_limit', which is 90"},
      {"ELITE200V2", "soc_low_limit", "95", "must be below 'soc_high_limit', which is 90"},
      {"AC500", "soc_low_limit", "90", "must be below 'soc_high_limit', which is 90"},
      {"AC500", "soc_high_limit", "0", kHighLow},
      {"AC500", "grid_import_current_limit", "5",
       "the highest value that this station takes is not known; set it in the configuration"},
      {"ELITE200V2", "grid_import_current_limit", "11", "above the maximum, 10 A"},
      {"ELITE200V2", "grid_import_current_limit", "0", "below the minimum, 1 A"},
      {"ELITE200V2", "dc_eco_time", "5", "above the maximum, 4 h"},
      {"EP2000", "grid_import_power_limit", "9601", "above the maximum, 9600 W"},
      {"EP2000", "grid_import_power_limit", "3000", "'energy_management' must be 'local', and is 'ai'"},
      {"EP2000", "grid_export_current_limit", "36", "above the maximum, 35 A"},
      {"ELITE200V2", "power_lifting", "on", "'on' is neither ON nor OFF"},
      {"ELITE200V2", "power_lifting", "1", "'1' is neither ON nor OFF"},
      {"ELITE200V2", "power_lifting", "true", "'true' is neither ON nor OFF"},
      {"ELITE200V2", "power_lifting", "TOGGLE", "'TOGGLE' is neither ON nor OFF"},
      {"ELITE200V2", "power_lifting", "", "empty"},
      {"ELITE200V2", "working_mode", "self_consumption_export",
       "unknown option 'self_consumption_export'; there are customized, self_consumption, backup, time_of_use; did you "
       "mean 'self_consumption'?"},
      {"ELITE200V2", "charging_mode_setting", "turbp",
       "unknown option 'turbp'; there are standard, silent, turbo, custom; did you mean 'turbo'?"},
      {"ELITE200V2", "charging_mode_setting", "2", "unknown option '2'; there are standard, silent, turbo, custom"},
      {"ELITE200V2", "charging_mode_setting", "other",
       "unknown option 'other'; there are standard, silent, turbo, custom"},
      {"ELITE200V2", "charging_mode_setting", "TURBO",
       "unknown option 'TURBO'; there are standard, silent, turbo, custom"},
      slot("", "empty"),
      slot("charge", kForm),
      slot("charge 06:00", kForm),
      slot("charge 06:00 07:00", kForm),
      slot("06:00-07:00", "unknown action '06:00-07:00'; there are off, charge, discharge, standby"),
      slot("heat 06:00-07:00", "unknown action 'heat'; there are off, charge, discharge, standby"),
      slot("charg 06:00-07:00",
           "unknown action 'charg'; there are off, charge, discharge, standby; did you mean 'charge'?"),
      slot("off 06:00-07:00", "'off' has no times"),
      slot("charge 6:00-7:00", kTimes),
      slot("charge 06:00-24:00", kTimes),
      slot("charge 06:60-07:00", kTimes),
      slot("charge -1:00-07:00", kTimes),
      slot("charge 06:00-07:00-08:00", kTimes),
      slot("charge 06:00-07:00 ", kTimes),
      slot("charge 06.00-07.00", kTimes),
      slot("charge  06:00-07:00", kTimes),
      slot("charge 07:00-06:00", kOrder),
      slot("charge 22:00-06:00", kOrder),
      slot("charge 06:00-06:00", kOrder),
      slot("charge 00:00-00:00", kOrder),
      slot("charge 04:59-07:00", "overlaps time slot 1, charge 01:00-05:00"),
      slot("standby 00:00-23:59", "overlaps time slot 1, charge 01:00-05:00"),
      slot("discharge 12:30-12:31", "overlaps time slot 3, standby 12:00-13:00"),
      slot("discharge 11:00-14:00", "overlaps time slot 3, standby 12:00-13:00"),
  };
}

class WrongWishes : public ::testing::TestWithParam<WrongWish> {};
TEST_P(WrongWishes, AreRefusedWithTheirReason) {
  const Setting& setting = built_in_setting(GetParam().model, GetParam().path);
  EXPECT_EQ(refused(setting, GetParam().wish, present(setting)), GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Table, WrongWishes, ::testing::ValuesIn(wrong_wishes()));

TEST(AWish, IsRefusedWhereTooFewRegistersWereRead) {
  const RegisterImage image("ELITE200V2", 2000);
  for (const std::size_t registers : {0u, 1u, 30u, 32u}) {
    EXPECT_EQ(
        refused(built_in_setting("ELITE200V2", "time_slot/1"), "charge 01:00-05:00", image.data().first(2 * registers)),
        "the present registers are not known");
  }
  EXPECT_EQ(refused(built_in_setting("ELITE200V2", "time_slot/1"), "charge 01:00-05:00", image.data().first(2 * 40)),
            "time slot 4 is not known, and the two must not overlap");
  EXPECT_EQ(refused(built_in_setting("ELITE200V2", "time_slot/1"), "charge 01:00-05:00", image.data().first(65)),
            "the present registers are not known")
      << "half a register";
}

}  // namespace
}  // namespace bluetti::schemas::testing
