// SPDX-License-Identifier: MIT
#include "schemas/draft.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "schemas/numbers.h"

namespace bluetti::schemas {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

Finish finish_of(const Field& field) {
  if (!field.scales.empty()) return Finish::versioned_scale;
  switch (field.type) {
    case Type::boolean:
      return Finish::boolean;
    case Type::enumeration:
      return Finish::option;
    case Type::text:
      return field.swapped_text ? Finish::swapped_text : Finish::text;
    case Type::serial:
    case Type::version:
      return Finish::numeral;
    case Type::ipv4:
      return Finish::ipv4;
    case Type::clock:
      return Finish::clock;
    case Type::f32:
      return Finish::real;
    default:
      return Finish::number;
  }
}

int decimals_of(const Transform& transform) {
  if (transform.kind != Transform::Kind::scale) return 0;
  constexpr std::array<double, 4> kFactors{1, 0.1, 0.01, 0.001};
  const auto found = std::find(kFactors.begin(), kFactors.end(), transform.first);
  return found == kFactors.end() ? 0 : static_cast<int>(found - kFactors.begin());
}

bool keeps_integers(const Transform& transform) {
  switch (transform.kind) {
    case Transform::Kind::scale:
      return false;
    case Transform::Kind::minus:
      return is_integral(transform.first) && std::abs(transform.first) < kLargestBias;
    case Transform::Kind::clamp:
      return is_integral(transform.first) && is_integral(transform.second);
    default:
      return true;
  }
}

bool is_whole_minus(const Transform& transform) {
  return transform.kind == Transform::Kind::minus && keeps_integers(transform);
}

struct Folded {
  unsigned shift = 0;
  std::uint64_t mask = ~std::uint64_t{0};
  std::size_t taken = 0;  // transforms it stands for
};

// Shifts and masks at the front of the chain as one shift and one mask behind it.
Folded fold_bits(std::span<const Transform> chain) {
  Folded folded;
  for (const Transform& transform : chain) {
    if (transform.kind == Transform::Kind::shift && folded.shift + transform.bits < 64) {
      folded.shift += static_cast<unsigned>(transform.bits);
      if (folded.mask != ~std::uint64_t{0}) folded.mask >>= transform.bits;
    } else if (transform.kind == Transform::Kind::bitmask && (transform.bits & kSignBit) == 0) {
      folded.mask &= transform.bits;
    } else {
      break;
    }
    ++folded.taken;
  }
  return folded;
}

bool has_scale(std::span<const Transform> chain, std::size_t from) {
  return std::any_of(chain.begin() + static_cast<std::ptrdiff_t>(from), chain.end(),
                     [](const Transform& t) { return t.kind == Transform::Kind::scale; });
}

bool is_tail(std::span<const Transform> chain, std::size_t from) {
  int scales = 0;
  for (const Transform& transform : chain.subspan(from)) {
    if (decimals_of(transform) != 0) {
      ++scales;
    } else if (!is_whole_minus(transform)) {
      return false;
    }
  }
  return scales <= 1;
}

void add_to_tail(const Transform& transform, Draft& draft) {
  if (transform.kind == Transform::Kind::scale) {
    draft.step.decimals = static_cast<std::uint8_t>(decimals_of(transform));
    draft.step.kind = ValueKind::decimal;
  } else {
    draft.detail.bias += static_cast<std::int64_t>(transform.first * kPowersOfTen[draft.step.decimals]);
  }
}

// 0 stands for no serial number and no version.
void add_numeral(const Field& field, Draft& draft) {
  add_gather({}, draft);
  draft.step.kind = ValueKind::numeral;
  draft.step.decimals = static_cast<std::uint8_t>(field.type == Type::version ? 2 * (field.version_parts - 1) : 0);
  draft.bounds.sentinel = 0;
  draft.detail.ones_are_absent = field.ones_are_absent;
  if (field.ones_are_absent && !draft.detail.wide) exclude_ones(draft);
}

void add_scales(const Field& field, Plan& plan, Draft& draft) {
  add_gather({}, draft);
  draft.detail.scales = {static_cast<std::uint32_t>(plan.scales.size()),
                         static_cast<std::uint32_t>(field.scales.size())};
  plan.scales.insert(plan.scales.end(), field.scales.begin(), field.scales.end());
}

void add_factor(const Field& field, Draft& draft) {
  draft.step.decimals = static_cast<std::uint8_t>(field.decimals);
  draft.detail.factor = kPowersOfTen[draft.step.decimals];
  for (const Transform& transform : field.transforms) draft.detail.factor *= transform.first;
}

void add_transforms(const Field& field, Plan& plan, Draft& draft) {
  const auto& chain = field.transforms;
  Step& step = draft.step;
  if (step.finish == Finish::numeral) return add_numeral(field, draft);
  if (step.finish == Finish::versioned_scale) return add_scales(field, plan, draft);
  if (step.finish == Finish::real) return add_factor(field, draft);
  if (step.finish > Finish::option) return;
  const std::size_t taken = add_gather(chain, draft);
  // The tail: whole subtractions around at most one scale by 0.1, 0.01 or 0.001.
  std::size_t tail = taken;
  while (tail < chain.size() && keeps_integers(chain[tail]) && !is_tail(chain, tail)) ++tail;
  if (is_tail(chain, tail) && (step.finish == Finish::number || !has_scale(chain, tail))) {
    for (const Transform& transform : std::span(chain).subspan(tail)) add_to_tail(transform, draft);
  } else {
    tail = chain.size();
  }
  draft.detail.is_chained = draft.detail.wide || tail != taken;
  if (!draft.detail.is_chained) {
    step.gather.less += draft.detail.bias;
    return;
  }
  draft.detail.chain = {static_cast<std::uint32_t>(plan.chains.size()), static_cast<std::uint32_t>(tail - taken)};
  plan.chains.insert(plan.chains.end(), chain.begin() + static_cast<std::ptrdiff_t>(taken),
                     chain.begin() + static_cast<std::ptrdiff_t>(tail));
  if (step.finish == Finish::number) step.finish = Finish::chain;
}

void add_named_codes(const Field& field, Plan& plan, Detail& detail) {
  detail.codes.first = static_cast<std::uint32_t>(plan.codes.size());
  if (field.type == Type::enumeration) {
    for (const Option& option : field.options) plan.codes.push_back(option.code);
  } else if (field.type == Type::boolean) {
    plan.codes.insert(plan.codes.end(), field.on.begin(), field.on.end());
    plan.codes.insert(plan.codes.end(), field.off.begin(), field.off.end());
    detail.on_count = static_cast<std::uint16_t>(field.on.size());
  }
  detail.codes.count = static_cast<std::uint32_t>(plan.codes.size() - detail.codes.first);
}

}  // namespace

void exclude_ones(Draft& draft) {
  draft.bounds.ones = static_cast<std::int64_t>(all_ones(draft.step.load)) - draft.detail.bias;
  draft.bounds.greatest = std::min(draft.bounds.greatest, draft.bounds.ones - 1);
}

std::size_t add_gather(std::span<const Transform> chain, Draft& draft) {
  const Folded folded = fold_bits(chain);
  auto gather = gather_of(draft.step.load, folded.shift, folded.mask);
  const std::size_t taken = gather ? folded.taken : 0;
  if (!gather) gather = gather_of(draft.step.load, 0, ~std::uint64_t{0});
  draft.detail.wide = !gather;
  draft.whole = taken == 0;
  if (gather) draft.step.gather = *gather;
  return taken;
}

Draft make_draft(const Field& field, Plan& plan) {
  Draft draft;
  draft.step.load = load_of(field);
  draft.step.finish = finish_of(field);
  add_transforms(field, plan, draft);
  add_named_codes(field, plan, draft.detail);
  return draft;
}

}  // namespace bluetti::schemas
