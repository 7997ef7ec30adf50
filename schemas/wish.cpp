// SPDX-License-Identifier: MIT
#include "schemas/wish.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "schemas/reader.h"
#include "schemas/time_slot.h"

namespace bluetti::schemas {
namespace {

constexpr std::size_t kLongestWish = 64;      // bytes; the longest option has 23
constexpr double kStepTolerance = 1e-6;       // of a step: decimal fractions are not exact
constexpr std::size_t kMostDigitsTyped = 15;  // what a double holds exactly

std::string with_unit(double number, const std::string& unit) {
  return number_text(number) + (unit.empty() ? "" : " " + unit);
}

std::string mistake_in_number(const Setting::Facts& facts, std::string_view wish) {
  const auto number = plain_number(wish);
  if (!number) return in_quotes(wish) + " is not a number";
  const WriteRule& rule = facts.rule;
  if (!rule.max) {
    return "the highest value that this station takes is not known; set it in the configuration";
  }
  if (*number < rule.min.value_or(0)) return "below the minimum, " + with_unit(rule.min.value_or(0), facts.unit);
  if (*number > *rule.max) return "above the maximum, " + with_unit(*rule.max, facts.unit);
  const double step = rule.step.value_or(1);
  const double steps = (*number - rule.min.value_or(0)) / step;
  if (std::abs(steps - std::nearbyint(steps)) <= kStepTolerance) return {};
  return "not on a step of " + with_unit(step, facts.unit) + " from " + with_unit(rule.min.value_or(0), facts.unit);
}

std::string mistake_in_option(const Setting::Facts& facts, std::string_view wish) {
  if (std::ranges::find(facts.options, wish) != facts.options.end()) return {};
  const std::vector<std::string_view> known(facts.options.begin(), facts.options.end());
  std::string list;
  for (const std::string_view name : known) list += (list.empty() ? "" : ", ") + std::string(name);
  return "unknown option " + in_quotes(wish) + "; there are " + list + suggestion(wish, known);
}

std::string mistake_in_time_slot(const Setting::Facts& facts, std::string_view wish) {
  const auto slot = parse_time_slot(wish, facts.options);
  const auto* reason = std::get_if<std::string>(&slot);
  return reason == nullptr ? std::string() : *reason;
}

std::string mistake_by_kind(const Setting::Facts& facts, std::string_view wish) {
  switch (facts.kind) {
    case SettingKind::number:
      return mistake_in_number(facts, wish);
    case SettingKind::boolean:
      return wish == "ON" || wish == "OFF" ? "" : in_quotes(wish) + " is neither ON nor OFF";
    case SettingKind::option:
      return mistake_in_option(facts, wish);
    case SettingKind::time_slot:
      return mistake_in_time_slot(facts, wish);
  }
  return {};
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) { return letter >= ' ' && letter <= '~'; });
}

}  // namespace

std::optional<double> plain_number(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const std::size_t point = digits.find('.');
  const auto is_digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const std::string_view whole = digits.substr(0, point);
  if (digits.size() > kMostDigitsTyped || !is_digits(whole)) return std::nullopt;
  if (point != std::string_view::npos && !is_digits(digits.substr(point + 1))) return std::nullopt;
  return parse_number(text);
}

std::optional<std::string> mistake_in_wish(const Setting::Facts& facts, std::string_view wish) {
  if (wish.empty()) return "empty";
  if (wish.size() > kLongestWish) return "longer than any value (" + std::to_string(wish.size()) + " bytes)";
  if (!is_printable(wish)) return "has characters that are not printable ASCII";
  std::string mistake = mistake_by_kind(facts, wish);
  if (mistake.empty()) return std::nullopt;
  return mistake;
}

std::string number_text(double number) {
  std::array<char, 352> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed);
  return {digits.data(), written.ptr};
}

}  // namespace bluetti::schemas
