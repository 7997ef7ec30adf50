// SPDX-License-Identifier: MIT
#include "schemas/numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace bluetti::schemas {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;
constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();

bool fits_integer(double value) {
  return value >= -kTwoTo63 && value < kTwoTo63;
}

Number number_of_real(double value) {
  if (is_integral(value)) return static_cast<std::int64_t>(value);
  return value;
}

Number absolute(const Number& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    const auto bits = static_cast<std::uint64_t>(*integer);
    return number_of(*integer < 0 ? 0 - bits : bits);
  }
  if (const auto* real = std::get_if<double>(&value)) return std::abs(*real);
  return value;
}

Number subtract(const Number& value, double subtrahend) {
  if (const auto* integer = std::get_if<std::int64_t>(&value); integer != nullptr && is_integral(subtrahend)) {
    std::int64_t difference = 0;
    if (!__builtin_sub_overflow(*integer, static_cast<std::int64_t>(subtrahend), &difference)) return difference;
  }
  return to_double(value) - subtrahend;
}

Number clamp(const Number& value, double lowest, double highest) {
  const double number = to_double(value);
  if (number < lowest) return number_of_real(lowest);
  if (number > highest) return number_of_real(highest);
  return value;
}

Number shift_right(const Number& value, unsigned places) {
  if (const auto* real = std::get_if<double>(&value)) {
    const double whole = std::trunc(*real);
    // Beyond 64 bits every double is whole, and so is its half as long as no set bit falls off: floor does the rest.
    if (!fits_integer(whole)) return std::floor(std::ldexp(whole, -static_cast<int>(places)));
    return shift_right(static_cast<std::int64_t>(whole), places);
  }
  if (const auto* bits = std::get_if<std::uint64_t>(&value)) return number_of(places > 63 ? 0 : *bits >> places);
  return std::get<std::int64_t>(value) >> std::min(places, 63U);
}

// 16 bits, most significant first, in groups of 2 (3 in mode 3); the first bit of a group counts 1, the second 2, ...
Number enable_list(const Number& value, int mode, int index) {
  const std::uint64_t bits = to_bits(value);
  const int width = mode == 3 ? 3 : 2;
  std::int64_t result = 0;
  for (int bit = 0; bit < width; ++bit) {
    const int place = 15 - (index * width + bit);
    if (place >= 0 && ((bits >> place) & 1) != 0) result |= std::int64_t{1} << bit;
  }
  return result;
}

double round_exactly(double value) {
  std::array<char, 352> digits;  // the largest double has 309 digits before the point
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 6);
  double result = value;
  std::from_chars(digits.data(), written.ptr, result);
  return result;
}

}  // namespace

Number number_of(std::uint64_t value) {
  if (value <= kLargest) return static_cast<std::int64_t>(value);
  return value;
}

double to_double(const Number& value) {
  return std::visit([](auto number) { return static_cast<double>(number); }, value);
}

std::uint64_t to_bits(const Number& value) {
  const auto* real = std::get_if<double>(&value);
  if (real == nullptr) return std::visit([](auto number) { return static_cast<std::uint64_t>(number); }, value);
  if (!std::isfinite(*real)) return 0;
  const double whole = std::trunc(*real);
  if (fits_integer(whole)) return static_cast<std::uint64_t>(static_cast<std::int64_t>(whole));
  const double rest = std::fmod(whole, kTwoTo64);
  return static_cast<std::uint64_t>(rest < 0 ? rest + kTwoTo64 : rest);
}

std::int64_t to_integer(const Number& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  const double number = to_double(value);
  if (std::isnan(number)) return 0;
  if (fits_integer(number)) return static_cast<std::int64_t>(number);
  return number < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

double round_to_6_digits(double value) {
  constexpr double kFactor = 1e6;
  constexpr double kRelativeError = 2.3e-16;  // of the product, a little more than half a unit in the last place
  const double scaled = value * kFactor;
  const double nearest = std::nearbyint(scaled);
  const double to_tie = std::abs(std::abs(scaled - nearest) - 0.5);
  if (std::abs(scaled) < kTwoTo63 / 4096 && to_tie > std::abs(scaled) * kRelativeError) return nearest / kFactor;
  return std::isfinite(value) ? round_exactly(value) : value;
}

Number transformed(const Transform& transform, const Number& value) {
  switch (transform.kind) {
    case Transform::Kind::abs:
      return absolute(value);
    case Transform::Kind::scale:
      return round_to_6_digits(to_double(value) * transform.first);
    case Transform::Kind::minus:
      return subtract(value, transform.first);
    case Transform::Kind::bitmask:
      return number_of(to_bits(value) & transform.bits);
    case Transform::Kind::shift:
      return shift_right(value, static_cast<unsigned>(std::min<std::uint64_t>(transform.bits, 64)));
    case Transform::Kind::clamp:
      return clamp(value, transform.first, transform.second);
    case Transform::Kind::hex_enable_list:
      return enable_list(value, transform.mode, transform.index);
  }
  return value;
}

Number transformed(std::span<const Transform> chain, Number value) {
  for (const Transform& transform : chain) value = transformed(transform, value);
  return value;
}

}  // namespace bluetti::schemas
