// SPDX-License-Identifier: MIT
#include "schemas/value.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "schemas/digits.h"
#include "schemas/schema.h"

namespace bluetti::schemas {
namespace {

std::string shown(const Value& value) {
  std::array<char, kMaxFormatted> buffer;
  return std::string(format(Field(), Row(), value, buffer));
}

std::string json_of(const Value& value) {
  std::string out;
  append_json(Field(), Row(), value, out);
  return out;
}

Value real(double number) {
  Value value;
  value.kind = ValueKind::real;
  value.real = number;
  return value;
}

Value decimal(std::int64_t mantissa, std::uint8_t decimals) {
  Value value;
  value.kind = ValueKind::decimal;
  value.decimals = decimals;
  value.integer = mantissa;
  return value;
}

TEST(Format, DecimalsLoseTrailingZeros) {
  EXPECT_EQ(shown(decimal(5313, 2)), "53.13");
  EXPECT_EQ(shown(decimal(5000, 2)), "50");
  EXPECT_EQ(shown(decimal(5010, 2)), "50.1");
  EXPECT_EQ(shown(decimal(0, 3)), "0");
}

TEST(Format, SmallDecimalsHaveLeadingZeros) {
  EXPECT_EQ(shown(decimal(5, 1)), "0.5");
  EXPECT_EQ(shown(decimal(-5, 1)), "-0.5");
  EXPECT_EQ(shown(decimal(7, 3)), "0.007");
  EXPECT_EQ(shown(decimal(-123, 3)), "-0.123");
}

TEST(Format, TheSmallestMantissaHasNoOverflow) {
  EXPECT_EQ(shown(decimal(std::numeric_limits<std::int64_t>::min(), 3)), "-9223372036854775.808");
}

TEST(Format, RealNumbersAreShortestToSixDigits) {
  EXPECT_EQ(shown(real(0.1 + 0.2)), "0.3");
  EXPECT_EQ(shown(real(1.0 / 3)), "0.333333");
  EXPECT_EQ(shown(real(-2.5)), "-2.5");
}

TEST(Format, RealNumbersNeverHaveAnExponent) {
  EXPECT_EQ(shown(real(1e20)), "100000000000000000000");
  EXPECT_EQ(shown(real(1e-5)), "0.00001");
  EXPECT_EQ(shown(real(1e-9)), "0");
  EXPECT_EQ(shown(real(-std::numeric_limits<double>::max())).size(), 310U);
}

TEST(Format, ThereIsNoNegativeZero) {
  EXPECT_EQ(shown(real(-0.0)), "0");
  EXPECT_EQ(shown(real(-1e-9)), "0");
}

TEST(Format, WhatIsNoNumberIsNothing) {
  EXPECT_EQ(shown(real(std::nan(""))), "");
  EXPECT_EQ(shown(real(std::numeric_limits<double>::infinity())), "");
  EXPECT_EQ(json_of(real(std::nan(""))), "null");
  EXPECT_EQ(shown(Value()), "");
  EXPECT_EQ(json_of(Value()), "null");
}

TEST(Json, FractionsKeepTheirPointAndIntegersHaveNone) {
  EXPECT_EQ(json_of(decimal(500, 1)), "50.0");
  EXPECT_EQ(json_of(decimal(5313, 2)), "53.13");
  EXPECT_EQ(json_of(real(50)), "50.0");
  Value integer;
  integer.kind = ValueKind::integer;
  integer.integer = 50;
  EXPECT_EQ(json_of(integer), "50");
}

TEST(Json, BooleansAreTrueAndFalse) {
  Value value;
  value.kind = ValueKind::boolean;
  value.integer = 1;
  EXPECT_EQ(json_of(value), "true");
  EXPECT_EQ(shown(value), "ON");
  value.integer = 0;
  EXPECT_EQ(json_of(value), "false");
  EXPECT_EQ(shown(value), "OFF");
}

TEST(Value, SamenessComparesKindAndContent) {
  const Row row;
  EXPECT_TRUE(Row::same(row, decimal(50, 1), row, decimal(50, 1)));
  EXPECT_FALSE(Row::same(row, decimal(50, 1), row, decimal(50, 2)));
  EXPECT_FALSE(Row::same(row, decimal(50, 1), row, real(5)));
  EXPECT_FALSE(Row::same(row, decimal(50, 1), row, Value()));
  EXPECT_FALSE(Row::same(row, decimal(0, 0), row, Value())) << "absent is not zero";
  EXPECT_FALSE(Row::same(row, Value(), row, decimal(0, 0)));
}

TEST(Value, SamenessOfTextLooksAtTheLetters) {
  Row a;
  Row b;
  a.text = {'x', 'A', 'B'};
  b.text = {'A', 'B'};
  Value x;
  x.kind = ValueKind::text;
  x.text_offset = 1;
  x.text_length = 2;
  Value y = x;
  y.text_offset = 0;
  EXPECT_TRUE(Row::same(a, x, b, y));
  b.text[1] = 'C';
  EXPECT_FALSE(Row::same(a, x, b, y));
}

TEST(Format, NumeralsKeepAllTheirDigits) {
  Value value = decimal(40'800, 2);
  value.kind = ValueKind::numeral;
  EXPECT_EQ(shown(value), "408.00");
  EXPECT_EQ(json_of(value), R"("408.00")");
  value.integer = 5;
  EXPECT_EQ(shown(value), "0.05");
  value.decimals = 0;
  value.integer = -1;  // all 64 bits of a serial number
  EXPECT_EQ(shown(value), "18446744073709551615");
}

TEST(Digits, AreThoseOfTheStandardLibrary) {
  for (std::uint64_t power = 1; power < 10'000'000'000'000'000'000U; power *= 10) {
    for (const std::uint64_t number : {power - 1, power, power + 1, 7 * power / 4, 0 - power}) {
      std::array<char, 24> digits;
      EXPECT_EQ(std::string(digits.data(), write_digits(number, digits.data())), std::to_string(number));
    }
  }
}

TEST(Title, WritesAbbreviationsInCapitals) {
  EXPECT_EQ(title_of("ac_output_power"), "AC output power");
  EXPECT_EQ(title_of("pv_to_ac_energy"), "PV to AC energy");
  EXPECT_EQ(title_of("_soc_"), "SOC");
  EXPECT_EQ(title_of(""), "");
}

}  // namespace
}  // namespace bluetti::schemas
