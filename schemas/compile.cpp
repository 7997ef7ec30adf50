// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <stdexcept>

#include "schemas/layout.h"
#include "schemas/numbers.h"
#include "schemas/override.h"
#include "schemas/plan.h"

namespace bluetti::schemas {
namespace {

constexpr double kLargestBias = 1e12;  // far from any overflow, whatever it is subtracted from
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

// Longest text a step may write.
int text_room(const Field& field) {
  switch (field.type) {
    case Type::text:
      return field.size;
    case Type::serial:
      return 20;
    case Type::version:
      return 12;
    case Type::ipv4:
      return 15;
    default:
      return 0;
  }
}

Finish finish_of(const Field& field) {
  switch (field.type) {
    case Type::boolean:
      return Finish::boolean;
    case Type::enumeration:
      return Finish::option;
    case Type::text:
      return field.swapped_text ? Finish::swapped_text : Finish::text;
    case Type::serial:
      return Finish::serial;
    case Type::version:
      return Finish::version;
    case Type::ipv4:
      return Finish::ipv4;
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

class Compiler {
 public:
  Compiler(const Block& block, const Model& model, int instance) : model_(model), instance_(instance) {
    const std::string missing = missing_parameter(block, model);
    if (!missing.empty()) {
      throw std::invalid_argument("model " + model.name + " lacks the parameter " + missing + " of block " +
                                  block.name);
    }
    plan_.block = specialised(block, model);
  }

  Plan run() {
    for (const Field& field : plan_.block.fields) add_field(field);
    plan_.plain_steps = plan_.steps.size();
    for (const Group& group : plan_.block.groups) add_group(group);
    compile_derivations(plan_);
    return std::move(plan_);
  }

 private:
  void add_field(const Field& field) {
    Step step = make_step(field);
    const int whole_end = field.offset + field.count * field.stride;
    for (int item = field.count == 0 ? 0 : 1; item <= field.count; ++item) {
      place(field, field.offset + std::max(0, item - 1) * field.stride, true, step);
      if (item != 0) {
        step.begin = field.offset;
        step.end = whole_end;
      }
      add_slot(field, nullptr, item, step);
    }
  }

  void add_group(const Group& group) {
    GroupPlan result;
    result.first_step = plan_.steps.size();
    result.steps_per_item = static_cast<int>(group.fields.size());
    result.count = group.is_record() ? 1 : group.count;
    result.max = group.is_record() ? 1 : group.max;
    result.offset = group.offset;
    result.stride = group.stride;
    result.whole = group.whole;
    for (const std::string& name : group.count_fields) result.count_slots.push_back(slot_of(name));
    result.after = group.after.empty() ? -1 : group_index(group.after);
    result.unavailable = !group.is_record() && std::all_of(group.fields.begin(), group.fields.end(),
                                                           [this](const Field& f) { return is_unavailable(f); });
    add_items(group, result.max);
    plan_.groups.push_back(std::move(result));
  }

  void add_items(const Group& group, int items) {
    std::vector<Step> steps;
    for (const Field& field : group.fields) steps.push_back(make_step(field));
    const bool fixed = group.after.empty();
    for (int item = 0; item < items; ++item) {
      for (std::size_t index = 0; index < steps.size(); ++index) {
        const Field& field = group.fields[index];
        const int inside = item * group.stride + field.offset;
        place(field, (fixed ? group.offset : 0) + (group.swapped_bytes ? inside ^ 1 : inside), fixed, steps[index]);
        add_slot(field, &group, group.is_record() ? 0 : item + 1, steps[index]);
      }
    }
  }

  void add_slot(const Field& field, const Group* group, int item, const Step& step) {
    std::string path = path_of(plan_.block, group, field, item, instance_);
    std::string id = id_of(path);
    plan_.slots.push_back({&field, group, item, std::move(path), std::move(id)});
    plan_.steps.push_back(step);
  }

  // All of the step but its place.
  Step make_step(const Field& field) {
    Step step;
    step.load = load_of(field);
    step.finish = finish_of(field);
    add_transforms(field, step);
    add_codes(field, step);
    return step;
  }

  // `fixed`: the offset counts from the start of the block, whatever the data.
  void place(const Field& field, int offset, bool fixed, Step& step) {
    if (field.is_derived()) return put_out_of_reach(step);
    step.offset = step.begin = offset;
    step.end = offset + field.size;
    add_extra(field, fixed ? offset : -1, step);
    const int room = text_room(field);
    if (room == 0) return;
    step.text_offset = static_cast<std::uint32_t>(plan_.text_size);
    step.text_length = static_cast<std::uint16_t>(field.size);
    plan_.text_size += static_cast<std::size_t>(room);
  }

  // No data reaches from end to end: the value stays missing until it is derived.
  static void put_out_of_reach(Step& step) {
    step.begin = std::numeric_limits<std::int32_t>::min();
    step.end = std::numeric_limits<std::int32_t>::max();
  }

  void add_transforms(const Field& field, Step& step) {
    const auto& chain = field.transforms;
    if (step.finish > Finish::option) return;
    const std::size_t taken = add_gather(chain, step);
    // The tail: whole subtractions around at most one scale by 0.1, 0.01 or 0.001.
    std::size_t tail = taken;
    while (tail < chain.size() && keeps_integers(chain[tail]) && !is_tail(chain, tail)) ++tail;
    if (is_tail(chain, tail) && (step.finish == Finish::number || !has_scale(chain, tail))) {
      for (const Transform& transform : std::span(chain).subspan(tail)) add_to_tail(transform, step);
    } else {
      tail = chain.size();
    }
    if (!step.wide && tail == taken) return;
    step.chain = {static_cast<std::uint32_t>(plan_.chains.size()), static_cast<std::uint32_t>(tail - taken)};
    plan_.chains.insert(plan_.chains.end(), chain.begin() + static_cast<std::ptrdiff_t>(taken),
                        chain.begin() + static_cast<std::ptrdiff_t>(tail));
    if (step.finish == Finish::number) step.finish = Finish::chain;
  }

  // Returns how many transforms the gathering already does.
  static std::size_t add_gather(std::span<const Transform> chain, Step& step) {
    const Folded folded = fold_bits(chain);
    auto gather = gather_of(step.load, folded.shift, folded.mask);
    const std::size_t taken = gather ? folded.taken : 0;
    if (!gather) gather = gather_of(step.load, 0, ~std::uint64_t{0});
    step.wide = !gather;
    if (gather) step.gather = *gather;
    return taken;
  }

  static bool has_scale(std::span<const Transform> chain, std::size_t from) {
    return std::any_of(chain.begin() + static_cast<std::ptrdiff_t>(from), chain.end(),
                       [](const Transform& t) { return t.kind == Transform::Kind::scale; });
  }

  static bool is_tail(std::span<const Transform> chain, std::size_t from) {
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

  static void add_to_tail(const Transform& transform, Step& step) {
    if (transform.kind == Transform::Kind::scale) {
      step.decimals = static_cast<std::uint8_t>(decimals_of(transform));
    } else {
      step.bias += static_cast<std::int64_t>(transform.first * kPowersOfTen[step.decimals]);
    }
  }

  void add_codes(const Field& field, Step& step) {
    step.codes.first = static_cast<std::uint32_t>(plan_.codes.size());
    if (field.type == Type::enumeration) {
      for (const Option& option : field.options) plan_.codes.push_back(option.code);
    } else if (field.type == Type::boolean) {
      plan_.codes.insert(plan_.codes.end(), field.on.begin(), field.on.end());
      plan_.codes.insert(plan_.codes.end(), field.off.begin(), field.off.end());
      step.on_count = static_cast<std::uint16_t>(field.on.size());
    }
    step.codes.count = static_cast<std::uint32_t>(plan_.codes.size() - step.codes.first);
  }

  Range add_list(const std::vector<std::int64_t>& codes) {
    const Range range{static_cast<std::uint32_t>(plan_.codes.size()), static_cast<std::uint32_t>(codes.size())};
    plan_.codes.insert(plan_.codes.end(), codes.begin(), codes.end());
    return range;
  }

  // `offset`: from the start of the block; -1 where it depends on the data.
  void add_extra(const Field& field, int offset, Step& step) {
    const auto absent = absent_codes(field, offset);
    step.extra = -1;
    const bool needed = is_unavailable(field) || field.when || field.min || field.max || !absent.empty();
    if (!needed) return;
    Extra extra;
    extra.unavailable = is_unavailable(field);
    extra.absent = add_list(absent);
    extra.min = field.min.value_or(extra.min);
    extra.max = field.max.value_or(extra.max);
    if (field.when) {
      extra.guarded = true;
      extra.guard = make_guard(*field.when);
    }
    step.extra = static_cast<std::int32_t>(plan_.extras.size());
    plan_.extras.push_back(extra);
  }

  std::vector<std::int64_t> absent_codes(const Field& field, int offset) const {
    std::vector<std::int64_t> codes = field.absent;
    if (offset < 0 || field.type == Type::text) return codes;
    const int address = plan_.block.id + offset / 2;
    for (const AbsentRule& rule : model_.absent) {
      const bool meant = std::find(rule.registers.begin(), rule.registers.end(), address) != rule.registers.end();
      if (meant) codes.push_back(rule.value);
    }
    return codes;
  }

  Guard make_guard(const Condition& condition) {
    const Field* field = plan_.block.field(condition.field);
    if (field == nullptr) throw std::invalid_argument("unknown field " + condition.field);
    Guard guard{field->offset, field->size, {}, add_list(condition.codes)};
    Step step;
    step.load = load_of(*field);
    add_gather(field->transforms, step);
    if (step.wide) throw std::invalid_argument("field " + condition.field + " is too long for a condition");
    guard.code = step.gather;
    return guard;
  }

  bool is_unavailable(const Field& field) const { return field.min_protocol_version > model_.protocol_version; }

  std::size_t slot_of(const std::string& name) const {
    for (std::size_t slot = 0; slot < plan_.plain_steps; ++slot) {
      if (plan_.slots[slot].field->name == name) return slot;
    }
    throw std::invalid_argument("unknown field " + name);
  }

  int group_index(const std::string& name) const {
    for (std::size_t index = 0; index < plan_.groups.size(); ++index) {
      if (plan_.block.groups[index].name == name) return static_cast<int>(index);
    }
    throw std::invalid_argument("unknown group " + name);
  }

  const Model& model_;
  int instance_;
  Plan plan_;
};

}  // namespace

Plan compile(const Block& block, const Model& model, int instance) {
  return Compiler(block, model, instance).run();
}

int base_of(const Plan& plan, const GroupPlan& group, std::span<const int> counts) {
  if (group.after < 0) return 0;
  const auto index = static_cast<std::size_t>(group.after);
  const GroupPlan& before = plan.groups[index];
  const int base = base_of(plan, before, counts);
  if (base < 0 || counts[index] < 0) return -1;
  const int start = before.after < 0 ? before.offset : base;
  const int end = start + counts[index] * before.stride;
  return end + end % 2;  // a group starts with a register
}

}  // namespace bluetti::schemas
