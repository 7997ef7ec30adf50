// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "schemas/numbers.h"
#include "schemas/plan.h"

namespace bluetti::schemas {
namespace {

std::size_t index_of(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [name](const Field& f) { return f.name == name; });
  if (found == fields.end()) throw std::invalid_argument("unknown field " + std::string(name));
  return static_cast<std::size_t>(found - fields.begin());
}

std::size_t group_index(const Block& block, std::string_view name) {
  const auto found =
      std::find_if(block.groups.begin(), block.groups.end(), [name](const Group& g) { return g.name == name; });
  if (found == block.groups.end()) throw std::invalid_argument("unknown group " + std::string(name));
  return static_cast<std::size_t>(found - block.groups.begin());
}

// Of the same item as the derived value.
Input input_of_item(const Plan& plan, const Slot& derived, std::string_view name) {
  const auto group = static_cast<std::size_t>(derived.group - plan.block.groups.data());
  const auto item = static_cast<std::size_t>(std::max(derived.item - 1, 0) * plan.groups[group].slots_per_item);
  return {.first = plan.groups[group].first_slot + item + index_of(derived.group->fields, name)};
}

Input input_of_group(const Plan& plan, std::string_view group_name, std::string_view name) {
  const std::size_t index = group_index(plan.block, group_name);
  const GroupPlan& group = plan.groups[index];
  const Group& definition = plan.block.groups[index];
  return {.first = group.first_slot + index_of(definition.fields, name),
          .step = static_cast<std::size_t>(group.slots_per_item),
          .count = static_cast<std::size_t>(group.max),
          .is_many = !definition.is_record()};
}

Input input_of_block(const Plan& plan, std::string_view name) {
  const Field& field = plan.block.fields[index_of(plan.block.fields, name)];
  const auto slot =
      std::find_if(plan.slots.begin(), plan.slots.end(), [&](const Slot& s) { return s.field == &field; });
  return {.first = static_cast<std::size_t>(slot - plan.slots.begin()),
          .count = static_cast<std::size_t>(std::max(field.count, 1)),
          .is_many = field.count != 0};
}

Input input_of(const Plan& plan, const Slot& derived, std::string_view name) {
  if (derived.group != nullptr) return input_of_item(plan, derived, name);
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return input_of_block(plan, name);
  return input_of_group(plan, name.substr(0, dot), name.substr(dot + 1));
}

void compile_summation(Plan& plan, std::size_t slot) {
  const Field& field = *plan.slots[slot].field;
  const double per_watt_hour = field.unit == "kWh" ? 0.001 : 1;
  plan.summations.push_back({.slot = slot,
                             .input = input_of(plan, plan.slots[slot], field.derive->inputs.front()).first,
                             .factor = field.derive->scale * per_watt_hour,
                             .decimals = static_cast<std::uint8_t>(field.derive->decimals)});
}

void compile_derivation(Plan& plan, std::size_t slot) {
  const Field& field = *plan.slots[slot].field;
  if (!field.derive) return;
  if (field.is_integral()) return compile_summation(plan, slot);
  if (field.is_drift()) {
    return plan.drifts.push_back({slot, input_of(plan, plan.slots[slot], field.derive->inputs.front()).first});
  }
  DerivedStep step;
  step.slot = slot;
  step.operation = field.derive->operation;
  step.decimals = static_cast<std::uint8_t>(field.derive->decimals);
  step.factor = field.derive->scale * kPowersOfTen[step.decimals];
  step.min = field.min.value_or(step.min);
  step.max = field.max.value_or(step.max);
  step.inputs.first = static_cast<std::uint32_t>(plan.inputs.size());
  step.inputs.count = static_cast<std::uint32_t>(field.derive->inputs.size());
  for (const std::string& name : field.derive->inputs) {
    plan.inputs.push_back(input_of(plan, plan.slots[slot], name));
  }
  plan.derived.push_back(step);
}

// All that any of the operations asks of its inputs.
struct Tally {
  std::size_t count = 0;
  double first = 0;
  double others = 0;  // their sum
  double product = 1;
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();
  bool is_missing = false;
  bool is_absent = false;

  void add(double number) {
    (count++ == 0 ? first : others) += number;
    product *= number;
    least = std::min(least, number);
    greatest = std::max(greatest, number);
  }
};

void add(const Input& input, const Row& row, Tally& tally) {
  for (std::size_t index = 0; index < input.count; ++index) {
    const Value& value = row.values[input.first + index * input.step];
    if (value.present()) {
      tally.add(value.number());
    } else if (value.kind == ValueKind::missing) {
      tally.is_missing = true;
    } else if (!input.is_many) {
      tally.is_absent = true;
    }
  }
}

double result_of(Operation operation, const Tally& tally) {
  switch (operation) {
    case Operation::product:
      return tally.product;
    case Operation::sum:
    case Operation::split_phase:
      return tally.first + tally.others;
    case Operation::difference:
      return tally.first - tally.others;
    case Operation::quotient:
      return tally.first / tally.others;
    case Operation::spread:
      return tally.greatest - tally.least;
    case Operation::minimum:
      return tally.least;
    case Operation::maximum:
      return tally.greatest;
    case Operation::mean:
      return (tally.first + tally.others) / static_cast<double>(tally.count);
    case Operation::integral:
    case Operation::drift:
      break;  // no matter of one row
  }
  return 0;
}

// 49.8 * 2.5 is 124.5 and not a little less: a binary remainder must not decide a tie. Far from one it cannot.
double rounded(double value) {
  constexpr double kLargest = 1e9;  // doubles are dense up to here
  constexpr double kFar = 1e-6;
  if (std::abs(value) < kLargest) {
    const auto nearest = static_cast<double>(static_cast<std::int64_t>(value + std::copysign(0.5, value)));
    if (0.5 - std::abs(value - nearest) > kFar) return nearest;
  }
  return std::round(round_to_6_digits(value));
}

// Two legs of 120 V, of which an outage may leave less. What has one leg or three will never be split, and what has no
// leg at the moment may have been.
ValueKind state_of_legs(const Tally& tally) {
  constexpr double kHighestLeg = 140;
  if (tally.count == 1 || tally.count > 2) return ValueKind::missing;
  return tally.count == 2 && tally.greatest <= kHighestLeg ? ValueKind::decimal : ValueKind::absent;
}

void derive(const Plan& plan, const DerivedStep& step, Row& row) {
  Tally tally;
  for (std::uint32_t index = 0; index < step.inputs.count; ++index) {
    add(plan.inputs[step.inputs.first + index], row, tally);
  }
  Value& value = row.values[step.slot];
  value.kind = tally.is_missing ? ValueKind::missing : ValueKind::absent;
  if (tally.is_missing || tally.is_absent) return;
  if (step.operation == Operation::split_phase) value.kind = state_of_legs(tally);
  if (tally.count == 0 || value.kind == ValueKind::missing) return;
  if (step.operation == Operation::split_phase && value.kind == ValueKind::absent) return;
  const double mantissa = rounded(result_of(step.operation, tally) * step.factor);
  if (!(std::abs(mantissa) <= kLargestMantissa)) return;
  value.set_decimal(static_cast<std::int64_t>(mantissa), step.decimals);
  if (value.number() >= step.min && value.number() <= step.max) return;
  ++row.implausible;
  value.kind = ValueKind::absent;
}

}  // namespace

void compile_derivations(Plan& plan) {
  for (std::size_t slot = plan.plain_slots; slot < plan.slots.size(); ++slot) compile_derivation(plan, slot);
  for (std::size_t slot = 0; slot < plan.plain_slots; ++slot) compile_derivation(plan, slot);
}

void derive(const Plan& plan, Row& row) {
  for (const DerivedStep& step : plan.derived) derive(plan, step, row);
}

}  // namespace bluetti::schemas
