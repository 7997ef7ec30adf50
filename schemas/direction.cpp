// SPDX-License-Identifier: MIT
// Magnitudes that get their sign from a code beside them.
#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>

#include "schemas/plan.h"

namespace bluetti::schemas {
namespace {

// Of the same item, else of the block.
std::size_t code_slot(const Plan& plan, const Slot& of, const std::string& name) {
  const auto is_meant = [&](const Slot& slot) {
    return slot.field->name == name && slot.group == of.group && slot.item == of.item;
  };
  const auto is_of_block = [&](const Slot& slot) { return slot.field->name == name && slot.group == nullptr; };
  auto found = std::find_if(plan.slots.begin(), plan.slots.end(), is_meant);
  if (found == plan.slots.end()) found = std::find_if(plan.slots.begin(), plan.slots.end(), is_of_block);
  if (found == plan.slots.end()) throw std::invalid_argument("unknown field " + name);
  return static_cast<std::size_t>(found - plan.slots.begin());
}

Range add_codes(const std::vector<std::int64_t>& codes, Plan& plan) {
  const Range range{static_cast<std::uint32_t>(plan.codes.size()), static_cast<std::uint32_t>(codes.size())};
  plan.codes.insert(plan.codes.end(), codes.begin(), codes.end());
  return range;
}

bool is_listed(const Plan& plan, const Range& range, std::int64_t code) {
  const auto codes = std::span(plan.codes).subspan(range.first, range.count);
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

void set_sign(bool is_negative, Value& value) {
  if (value.kind == ValueKind::real) {
    value.real = is_negative ? -std::abs(value.real) : std::abs(value.real);
  } else if (is_negative != (value.integer < 0)) {
    value.integer = -value.integer;
  }
}

// Nothing flows nowhere. Of a station that rests nobody knows which way the little goes that may flow all the same.
void direct(const Plan& plan, const DirectedStep& step, Row& row) {
  Value& value = row.values[step.slot];
  if (!value.present() || value.number() == 0) return;
  const Value& code = row.values[step.code];
  if (!code.present()) {
    value.kind = code.kind;
  } else if (is_listed(plan, step.positive, code.integer)) {
    set_sign(false, value);
  } else if (is_listed(plan, step.negative, code.integer)) {
    set_sign(true, value);
  } else {
    value.kind = ValueKind::absent;
  }
}

}  // namespace

void compile_directions(Plan& plan) {
  for (std::size_t slot = 0; slot < plan.slots.size(); ++slot) {
    const auto& direction = plan.slots[slot].field->direction;
    if (!direction) continue;
    plan.directed.push_back({.slot = slot,
                             .code = code_slot(plan, plan.slots[slot], direction->field),
                             .positive = add_codes(direction->positive, plan),
                             .negative = add_codes(direction->negative, plan)});
  }
}

void direct(const Plan& plan, Row& row) {
  for (const DirectedStep& step : plan.directed) direct(plan, step, row);
}

}  // namespace bluetti::schemas
