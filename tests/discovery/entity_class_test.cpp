// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "discovery/discovery.h"

namespace bluetti::discovery {
namespace {

using schemas::Field;
using schemas::Prominence;
using schemas::Transform;
using schemas::Type;
using testing::Eq;

Field number(const char* unit, const char* kind = "", Type type = Type::u16) {
  Field field;
  field.name = "value";
  field.type = type;
  field.unit = unit;
  field.kind = kind;
  return field;
}

Field scaled(std::initializer_list<double> factors) {
  Field field = number("V");
  for (const double factor : factors) {
    Transform& scale = field.transforms.emplace_back();
    scale.kind = Transform::Kind::scale;
    scale.first = factor;
  }
  return field;
}

// "platform device_class state_class unit", "-" for none.
std::string summary(const Field& field) {
  const EntityClass entity = entity_class(field);
  std::string text(entity.platform);
  for (const std::string_view part : {entity.device_class, entity.state_class, entity.unit}) {
    text += ' ' + std::string(part.empty() ? "-" : part);
  }
  return text;
}

TEST(EntityClass, ADerivedNumberIsShownAsItIsRounded) {
  Field field = number("V");
  field.derive = schemas::Derivation{.decimals = 3};
  EXPECT_EQ(entity_class(field).precision, 3);
}

TEST(EntityClass, FollowsFromTheUnitOfANumber) {
  EXPECT_EQ(summary(number("W")), "sensor power measurement W");
  EXPECT_EQ(summary(number("VA")), "sensor apparent_power measurement VA");
  EXPECT_EQ(summary(number("var")), "sensor reactive_power measurement var");
  EXPECT_EQ(summary(number("kWh")), "sensor energy total_increasing kWh");
  EXPECT_EQ(summary(number("Wh")), "sensor energy total_increasing Wh");
  EXPECT_EQ(summary(number("V")), "sensor voltage measurement V");
  EXPECT_EQ(summary(number("mV")), "sensor voltage measurement mV");
  EXPECT_EQ(summary(number("A")), "sensor current measurement A");
  EXPECT_EQ(summary(number("Hz")), "sensor frequency measurement Hz");
  EXPECT_EQ(summary(number("°C")), "sensor temperature measurement °C");
  EXPECT_EQ(summary(number("min")), "sensor duration measurement min");
  EXPECT_EQ(summary(number("h")), "sensor duration measurement h");
  EXPECT_EQ(summary(number("s")), "sensor duration measurement s");
  EXPECT_EQ(summary(number("dBm")), "sensor signal_strength measurement dBm");
}

TEST(EntityClass, LeavesAMeasurementWithoutClassWhereHomeAssistantHasNone) {
  EXPECT_EQ(summary(number("Ah")), "sensor - measurement Ah");
  EXPECT_EQ(summary(number("%")), "sensor - measurement %");
  EXPECT_EQ(summary(number("rpm")), "sensor - measurement rpm");
}

TEST(EntityClass, FollowsFromTheKindWhereTheUnitDoesNotTell) {
  EXPECT_EQ(summary(number("%", "battery")), "sensor battery measurement %");
  EXPECT_EQ(summary(number("kWh", "stored_energy")), "sensor energy_storage measurement kWh");
  EXPECT_EQ(summary(number("Wh", "stored_energy")), "sensor energy_storage measurement Wh");
  EXPECT_EQ(summary(number("V", "plain")), "sensor - measurement V");
}

TEST(EntityClass, KeepsNumbersWithoutUnitOutOfStatistics) {
  EXPECT_EQ(summary(number("")), "sensor - - -");
  EXPECT_EQ(summary(number("", "plain")), "sensor - - -");
  EXPECT_EQ(entity_class(number("")).precision, -1);
}

TEST(EntityClass, ShowsWordsAsTheyAre) {
  for (const Type type : {Type::text, Type::serial, Type::version, Type::ipv4, Type::bitmap}) {
    EXPECT_EQ(summary(number("V", "", type)), "sensor - - -") << static_cast<int>(type);
    EXPECT_EQ(entity_class(number("V", "", type)).precision, -1);
  }
}

TEST(EntityClass, MakesAnEnumerationOfNamedCodes) {
  EXPECT_EQ(summary(number("", "", Type::enumeration)), "sensor enum - -");
}

TEST(EntityClass, MakesABinarySensorOfFaultBits) {
  EXPECT_EQ(summary(number("", "problem", Type::bitmap)), "binary_sensor problem - -");
  EXPECT_EQ(summary(number("", "power", Type::bitmap)), "sensor - - -");
}

TEST(EntityClass, AClockIsATimestamp) {
  EXPECT_EQ(summary(number("", "", Type::clock)), "sensor timestamp - -");
}

TEST(EntityClass, TheLeastOfSeveralScalesGivesThePrecision) {
  Field volts = number("V");
  volts.scales = {{.factor = 1}, {.factor = 0.1}};
  EXPECT_EQ(entity_class(volts).precision, 1);
}

TEST(EntityClass, MakesABinarySensorOfABoolean) {
  EXPECT_EQ(summary(number("", "", Type::boolean)), "binary_sensor - - -");
  EXPECT_EQ(summary(number("", "problem", Type::boolean)), "binary_sensor problem - -");
  EXPECT_EQ(summary(number("", "connectivity", Type::boolean)), "binary_sensor connectivity - -");
  EXPECT_EQ(summary(number("", "power", Type::boolean)), "binary_sensor power - -");
  EXPECT_EQ(summary(number("", "plain", Type::boolean)), "binary_sensor - - -");
}

TEST(EntityClass, TakesCategoryAndEnablingFromProminence) {
  Field field = number("W");
  const auto shown = [&](Prominence prominence) {
    field.prominence = prominence;
    const EntityClass entity = entity_class(field);
    return std::pair(entity.category, entity.enabled);
  };
  EXPECT_THAT(shown(Prominence::primary), Eq(std::pair(std::string_view(""), true)));
  EXPECT_THAT(shown(Prominence::diagnostic), Eq(std::pair(std::string_view("diagnostic"), true)));
  EXPECT_THAT(shown(Prominence::disabled), Eq(std::pair(std::string_view("diagnostic"), false)));
}

TEST(EntityClass, ShowsAsManyDigitsAsTheScaleGives) {
  EXPECT_EQ(entity_class(scaled({})).precision, 0);
  EXPECT_EQ(entity_class(scaled({10})).precision, 0);
  EXPECT_EQ(entity_class(scaled({0.5})).precision, 1);
  EXPECT_EQ(entity_class(scaled({0.1})).precision, 1);
  EXPECT_EQ(entity_class(scaled({0.01})).precision, 2);
  EXPECT_EQ(entity_class(scaled({0.001})).precision, 3);
  EXPECT_EQ(entity_class(scaled({0.1, 0.1})).precision, 2);
  EXPECT_EQ(entity_class(scaled({0.1, 10})).precision, 0);
  EXPECT_EQ(entity_class(scaled({1.0 / 3})).precision, 6);
}

}  // namespace
}  // namespace bluetti::discovery
