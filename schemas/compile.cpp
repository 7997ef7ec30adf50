// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "schemas/draft.h"
#include "schemas/layout.h"
#include "schemas/numbers.h"
#include "schemas/override.h"
#include "schemas/plan.h"
#include "schemas/text.h"

namespace bluetti::schemas {
namespace {

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
  void add_field(const Field& field) {
    Draft draft = make_draft(field, plan_);
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
    result.item_size = size_if_empty(group);
    result.whole = group.whole;
    for (const std::string& name : group.count_fields) result.count_slots.push_back(slot_of(name));
    result.after = group.after.empty() ? -1 : group_index(group.after);
    result.unavailable = !group.is_record() && std::all_of(group.fields.begin(), group.fields.end(),
                                                           [this](const Field& f) { return is_unavailable(f); });
    add_items(group, result.max);
    result.section = take_section(static_cast<std::size_t>(result.max));
    plan_.groups.push_back(std::move(result));
  }

  // Of a group in which a row says by all ones that it has no value, and another one cannot say so.
  static int size_if_empty(const Group& group) {
    const auto can_say = [](const Field& field) { return field.ones_are_absent; };
    const auto cannot_say = [](const Field& field) { return !field.ones_are_absent && !field.is_derived(); };
    const bool lies_together = !group.interleaved && !group.swapped_bytes;
    const bool is_mixed = std::ranges::any_of(group.fields, can_say) && std::ranges::any_of(group.fields, cannot_say);
    return lies_together && is_mixed ? group.item_size() : 0;
  }

  void add_items(const Group& group, int items) {
    std::vector<Draft> drafts;
    for (const Field& field : group.fields) drafts.push_back(make_draft(field, plan_));
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
      Draft::Kind kind = Draft::Kind::number;
      for (std::size_t at = index; at < drafts_.size(); at += per_item) kind = std::max(kind, drafts_[at].kind);
      for (std::size_t at = index; at < drafts_.size(); at += per_item) drafts_[at].kind = kind;
    }
  }

  void add_slot(const Field& field, const Group* group, int item, int offset) {
    std::string path = path_of(plan_.block, group, field, item, instance_);
    std::string id = id_of(path);
    plan_.slots.push_back({&field, group, item, std::move(path), std::move(id), offset});
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
    section.numbers = take(Draft::Kind::number, items);
    section.bounded = take(Draft::Kind::bounded, items);
    section.others = take(Draft::Kind::other, items);
    drafts_.clear();
    return section;
  }

  Range take(Draft::Kind kind, std::size_t items) {
    const auto first = static_cast<std::uint32_t>(plan_.steps.size());
    for (Draft& draft : drafts_) {
      if (draft.kind != kind) continue;
      if (kind == Draft::Kind::bounded) draft.step.more = added(draft.bounds, plan_.bounds);
      if (kind == Draft::Kind::other) draft.step.more = added(draft.detail, plan_.details);
      plan_.steps.push_back(draft.step);
    }
    return {first, static_cast<std::uint32_t>((plan_.steps.size() - first) / items)};
  }

  template <typename T>
  static std::uint32_t added(const T& item, std::vector<T>& list) {
    list.push_back(item);
    return static_cast<std::uint32_t>(list.size() - 1);
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
    auto codes = absent;
    const bool ones_are_absent = field.ones_are_absent && draft.step.finish != Finish::numeral;
    if (ones_are_absent) codes.push_back(static_cast<std::int64_t>(all_ones(draft.step.load)));
    detail.absent = add_list(codes);
    detail.min = field.min.value_or(detail.min);
    detail.max = field.max.value_or(detail.max);
    detail.unavailable = is_unavailable(field);
    detail.guarded = field.when.has_value();
    if (field.when) detail.guard = make_guard(*field.when);
    const bool bounded = field.min || field.max || !codes.empty();
    detail.conditional = bounded || detail.unavailable || detail.guarded;
    draft.kind = kind_of(draft, absent);
    if (draft.kind != Draft::Kind::bounded || draft.step.finish != Finish::number) return;
    if (!absent.empty()) draft.bounds.sentinel = absent.front() - detail.bias;
    if (field.min) draft.bounds.least = least_mantissa(*field.min, draft.step.decimals);
    if (field.max) draft.bounds.greatest = greatest_mantissa(*field.max, draft.step.decimals);
    if (ones_are_absent) exclude_ones(draft);
  }

  static Draft::Kind kind_of(const Draft& draft, std::span<const std::int64_t> absent) {
    const Detail& detail = draft.detail;
    if (detail.wide || detail.unavailable || detail.guarded) return Draft::Kind::other;
    if (draft.step.finish == Finish::numeral) return detail.conditional ? Draft::Kind::other : Draft::Kind::bounded;
    if (draft.step.finish != Finish::number || std::abs(static_cast<double>(detail.bias)) > kLargestBias)
      return Draft::Kind::other;
    if (!absent.empty() && !is_sentinel(absent, draft)) return Draft::Kind::other;
    return detail.conditional ? Draft::Kind::bounded : Draft::Kind::number;
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
