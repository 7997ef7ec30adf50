// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <stdexcept>

#include "schemas/layout.h"
#include "schemas/numbers.h"
#include "schemas/override.h"
#include "schemas/plan.h"
#include "schemas/text.h"

namespace bluetti::schemas {
namespace {

constexpr double kLargestBias = 1e12;  // far from any overflow, whatever it is subtracted from
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

// Longest text a step may write.
int text_room(const Field& field) {
  switch (field.type) {
    case Type::text:
      return field.size;
    case Type::ipv4:
      return 15;
    case Type::clock:
      return kClockLength;
    default:
      return 0;
  }
}

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

// The bounds as Value::number() compares them, division and all. No plain number comes near the largest.
constexpr double kLargestBound = 1e13;

std::int64_t least_mantissa(double bound, std::uint8_t decimals) {
  bound = std::clamp(bound, -kLargestBound, kLargestBound);
  const double power = kPowersOfTen[decimals];
  auto mantissa = static_cast<std::int64_t>(std::floor(bound * power)) - 1;
  while (static_cast<double>(mantissa) / power < bound) ++mantissa;
  return mantissa;
}

std::int64_t greatest_mantissa(double bound, std::uint8_t decimals) {
  return -least_mantissa(-bound, decimals);
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
    plan_.plain = take_section(1);
    plan_.plain_slots = plan_.slots.size();
    if (!plan_.block.needed.empty() && plan_.block.field(plan_.block.needed))
      plan_.needed = slot_of(plan_.block.needed);
    for (const Group& group : plan_.block.groups) add_group(group);
    compile_directions(plan_);
    compile_derivations(plan_);
    return std::move(plan_);
  }

 private:
  enum class Kind : std::uint8_t { number, bounded, other };

  // A step in the making.
  struct Draft {
    Kind kind = Kind::number;
    bool whole = true;  // gathers all bits there are
    Step step;
    Bounds bounds;
    Detail detail;
  };

  void add_field(const Field& field) {
    Draft draft = make_draft(field);
    const int whole_end = field.offset + field.count * field.stride;
    for (int item = field.count == 0 ? 0 : 1; item <= field.count; ++item) {
      const int offset = field.offset + std::max(0, item - 1) * field.stride;
      add_slot(field, nullptr, item, offset);
      if (field.is_derived()) continue;
      place(field, offset, true, draft);
      if (item != 0) {
        drafts_.back().step.begin = field.offset;
        drafts_.back().step.end = whole_end;
      }
    }
  }

  void add_group(const Group& group) {
    GroupPlan result;
    result.first_slot = plan_.slots.size();
    result.slots_per_item = static_cast<int>(group.fields.size());
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
    result.section = take_section(static_cast<std::size_t>(result.max));
    plan_.groups.push_back(std::move(result));
  }

  void add_items(const Group& group, int items) {
    std::vector<Draft> drafts;
    for (const Field& field : group.fields) drafts.push_back(make_draft(field));
    const bool fixed = group.after.empty();
    for (int item = 0; item < items; ++item) {
      for (std::size_t index = 0; index < drafts.size(); ++index) {
        const Field& field = group.fields[index];
        const int inside = item * group.stride + field.offset;
        const int offset = (fixed ? group.offset : 0) + (group.swapped_bytes ? inside ^ 1 : inside);
        add_slot(field, &group, group.is_record() ? 0 : item + 1, offset);
        if (!field.is_derived()) place(field, offset, fixed, drafts[index]);
      }
    }
  }

  // A field is of the same kind in all items, though a model's sentinels may be meant for one of them.
  void unify(std::size_t items) {
    const std::size_t per_item = drafts_.size() / items;
    for (std::size_t index = 0; index < per_item; ++index) {
      Kind kind = Kind::number;
      for (std::size_t at = index; at < drafts_.size(); at += per_item) kind = std::max(kind, drafts_[at].kind);
      for (std::size_t at = index; at < drafts_.size(); at += per_item) drafts_[at].kind = kind;
    }
  }

  void add_slot(const Field& field, const Group* group, int item, int offset) {
    std::string path = path_of(plan_.block, group, field, item, instance_);
    std::string id = id_of(path);
    plan_.slots.push_back({&field, group, item, std::move(path), std::move(id), offset});
  }

  // All of the step but its place.
  Draft make_draft(const Field& field) {
    Draft draft;
    draft.step.load = load_of(field);
    draft.step.finish = finish_of(field);
    add_transforms(field, draft);
    add_codes(field, draft.detail);
    return draft;
  }

  // The step of the slot just added. `fixed`: the offset counts from the start of the block, whatever the data.
  void place(const Field& field, int offset, bool fixed, Draft draft) {
    draft.step.slot = static_cast<std::uint32_t>(plan_.slots.size() - 1);
    draft.step.offset = draft.step.begin = offset;
    draft.step.end = offset + field.size;
    draft.step.gather.place(offset, field.size);
    draft.detail.text_offset = static_cast<std::uint32_t>(plan_.text_size);
    draft.detail.text_length = static_cast<std::uint16_t>(field.size);
    plan_.text_size += static_cast<std::size_t>(text_room(field));
    add_conditions(field, fixed ? offset : -1, draft);
    drafts_.push_back(std::move(draft));
  }

  // The steps placed since the last call, those of so many items, sorted into the plan.
  Section take_section(std::size_t items) {
    unify(items);
    Section section;
    for (const Draft& draft : drafts_) {
      const Step& step = draft.step;
      section.begin = std::min({section.begin, step.begin, step.gather.from});
      section.end = std::max({section.end, step.end, step.gather.from + kWindow});
    }
    section.numbers = take(Kind::number, items);
    section.bounded = take(Kind::bounded, items);
    section.others = take(Kind::other, items);
    drafts_.clear();
    return section;
  }

  Range take(Kind kind, std::size_t items) {
    const auto first = static_cast<std::uint32_t>(plan_.steps.size());
    for (Draft& draft : drafts_) {
      if (draft.kind != kind) continue;
      if (kind == Kind::bounded) draft.step.more = added(draft.bounds, plan_.bounds);
      if (kind == Kind::other) draft.step.more = added(draft.detail, plan_.details);
      plan_.steps.push_back(draft.step);
    }
    return {first, static_cast<std::uint32_t>((plan_.steps.size() - first) / items)};
  }

  template <typename T>
  static std::uint32_t added(const T& item, std::vector<T>& list) {
    list.push_back(item);
    return static_cast<std::uint32_t>(list.size() - 1);
  }

  void add_transforms(const Field& field, Draft& draft) {
    const auto& chain = field.transforms;
    Step& step = draft.step;
    if (step.finish == Finish::numeral) return add_numeral(field, draft);
    if (step.finish == Finish::versioned_scale) return add_scales(field, draft);
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
    draft.detail.chain = {static_cast<std::uint32_t>(plan_.chains.size()), static_cast<std::uint32_t>(tail - taken)};
    plan_.chains.insert(plan_.chains.end(), chain.begin() + static_cast<std::ptrdiff_t>(taken),
                        chain.begin() + static_cast<std::ptrdiff_t>(tail));
    if (step.finish == Finish::number) step.finish = Finish::chain;
  }

  // 0 stands for no serial number and no version.
  static void add_numeral(const Field& field, Draft& draft) {
    add_gather({}, draft);
    draft.step.kind = ValueKind::numeral;
    draft.step.decimals = static_cast<std::uint8_t>(field.type == Type::version ? 2 * (field.version_parts - 1) : 0);
    draft.bounds.sentinel = 0;
  }

  void add_scales(const Field& field, Draft& draft) {
    add_gather({}, draft);
    draft.detail.scales = {static_cast<std::uint32_t>(plan_.scales.size()),
                           static_cast<std::uint32_t>(field.scales.size())};
    plan_.scales.insert(plan_.scales.end(), field.scales.begin(), field.scales.end());
  }

  static void add_factor(const Field& field, Draft& draft) {
    draft.step.decimals = static_cast<std::uint8_t>(field.decimals);
    draft.detail.factor = kPowersOfTen[draft.step.decimals];
    for (const Transform& transform : field.transforms) draft.detail.factor *= transform.first;
  }

  // Returns how many transforms the gathering already does.
  static std::size_t add_gather(std::span<const Transform> chain, Draft& draft) {
    const Folded folded = fold_bits(chain);
    auto gather = gather_of(draft.step.load, folded.shift, folded.mask);
    const std::size_t taken = gather ? folded.taken : 0;
    if (!gather) gather = gather_of(draft.step.load, 0, ~std::uint64_t{0});
    draft.detail.wide = !gather;
    draft.whole = taken == 0;
    if (gather) draft.step.gather = *gather;
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

  static void add_to_tail(const Transform& transform, Draft& draft) {
    if (transform.kind == Transform::Kind::scale) {
      draft.step.decimals = static_cast<std::uint8_t>(decimals_of(transform));
      draft.step.kind = ValueKind::decimal;
    } else {
      draft.detail.bias += static_cast<std::int64_t>(transform.first * kPowersOfTen[draft.step.decimals]);
    }
  }

  void add_codes(const Field& field, Detail& detail) {
    detail.codes.first = static_cast<std::uint32_t>(plan_.codes.size());
    if (field.type == Type::enumeration) {
      for (const Option& option : field.options) plan_.codes.push_back(option.code);
    } else if (field.type == Type::boolean) {
      plan_.codes.insert(plan_.codes.end(), field.on.begin(), field.on.end());
      plan_.codes.insert(plan_.codes.end(), field.off.begin(), field.off.end());
      detail.on_count = static_cast<std::uint16_t>(field.on.size());
    }
    detail.codes.count = static_cast<std::uint32_t>(plan_.codes.size() - detail.codes.first);
  }

  Range add_list(const std::vector<std::int64_t>& codes) {
    const Range range{static_cast<std::uint32_t>(plan_.codes.size()), static_cast<std::uint32_t>(codes.size())};
    plan_.codes.insert(plan_.codes.end(), codes.begin(), codes.end());
    return range;
  }

  // `offset`: from the start of the block; -1 where it depends on the data.
  void add_conditions(const Field& field, int offset, Draft& draft) {
    Detail& detail = draft.detail;
    const auto absent = absent_codes(field, offset);
    detail.absent = add_list(absent);
    detail.min = field.min.value_or(detail.min);
    detail.max = field.max.value_or(detail.max);
    detail.unavailable = is_unavailable(field);
    detail.guarded = field.when.has_value();
    if (field.when) detail.guard = make_guard(*field.when);
    const bool bounded = field.min || field.max || !absent.empty();
    detail.conditional = bounded || detail.unavailable || detail.guarded;
    draft.kind = kind_of(draft, absent);
    if (draft.kind != Kind::bounded || draft.step.finish != Finish::number) return;
    if (!absent.empty()) draft.bounds.sentinel = absent.front() - detail.bias;
    if (field.min) draft.bounds.least = least_mantissa(*field.min, draft.step.decimals);
    if (field.max) draft.bounds.greatest = greatest_mantissa(*field.max, draft.step.decimals);
  }

  static Kind kind_of(const Draft& draft, std::span<const std::int64_t> absent) {
    const Detail& detail = draft.detail;
    if (detail.wide || detail.unavailable || detail.guarded) return Kind::other;
    if (draft.step.finish == Finish::numeral) return detail.conditional ? Kind::other : Kind::bounded;
    if (draft.step.finish != Finish::number || std::abs(static_cast<double>(detail.bias)) > kLargestBias)
      return Kind::other;
    if (!absent.empty() && !is_sentinel(absent, draft)) return Kind::other;
    return detail.conditional ? Kind::bounded : Kind::number;
  }

  // Whether the raw code can be told from the number it makes.
  static bool is_sentinel(std::span<const std::int64_t> codes, const Draft& draft) {
    const RawRange range = range_of(draft.step.load);
    return draft.whole && codes.size() == 1 && codes[0] >= range.least && codes[0] <= range.greatest;
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
    Draft draft;
    draft.step.load = load_of(*field);
    add_gather(field->transforms, draft);
    if (draft.detail.wide) throw std::invalid_argument("field " + condition.field + " is too long for a condition");
    guard.code = draft.step.gather;
    guard.code.place(field->offset, field->size);
    return guard;
  }

  bool is_unavailable(const Field& field) const { return field.min_protocol_version > model_.protocol_version; }

  std::size_t slot_of(const std::string& name) const {
    for (std::size_t slot = 0; slot < plan_.plain_slots; ++slot) {
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
  std::vector<Draft> drafts_;  // of the section that is being compiled
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
