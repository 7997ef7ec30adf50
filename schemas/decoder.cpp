// SPDX-License-Identifier: MIT
#include "schemas/decoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "schemas/numbers.h"
#include "schemas/plan.h"
#include "schemas/text.h"

namespace bluetti::schemas {
namespace {

constexpr std::uint64_t kMinusZero = 0x8000'0000;  // of an f32

void put_real(double number, Value& value) {
  value.kind = ValueKind::real;
  value.real = number;
}

// Walks the steps of a plan over one piece of data.
class Walk {
 public:
  Walk(const Plan& plan, std::span<const std::byte> data, int first, Row& row)
      : plan_(plan), data_(data.data()), size_(static_cast<std::int64_t>(data.size())), first_(first), row_(row) {}

  void run() {
    row_.implausible = 0;
    for (const Summation& summation : plan_.summations) row_.values[summation.slot].kind = ValueKind::missing;
    for (const Drift& drift : plan_.drifts) row_.values[drift.slot].kind = ValueKind::missing;
    section(plan_.plain, 1, 0);
    if (is_empty()) {
      clear();
    } else {
      int* count = row_.group_counts.data();
      for (const GroupPlan& group : plan_.groups) *count++ = decoded(group);
    }
    direct(plan_, row_);
    derive(plan_, row_);
  }

 private:
  [[nodiscard]] const std::byte* at(std::int64_t offset) const { return data_ + (offset + shift_); }
  [[nodiscard]] bool reaches(std::int64_t begin, std::int64_t end) const {
    return begin + shift_ >= 0 && end + shift_ <= size_;
  }
  // What lies around the data counts as zeros.
  [[nodiscard]] std::uint32_t window(std::int64_t from) const {
    if (reaches(from, from + kWindow)) return load_window(at(from));
    std::uint32_t window = 0;
    for (std::int64_t offset = from; offset < from + kWindow; ++offset) {
      const auto byte = reaches(offset, offset + 1) ? *at(offset) : std::byte{0};
      window = window << 8 | std::to_integer<std::uint32_t>(byte);
    }
    return window;
  }

  [[nodiscard]] static bool is_all_ones(std::span<const std::byte> data) {
    return std::ranges::all_of(data, [](std::byte byte) { return byte == std::byte{0xff}; });
  }

  // Not one bit is 0, and there is a row that says that it has no value then: the others have none either, and no -1.
  [[nodiscard]] bool is_empty() const {
    if (size_ == 0 || *data_ != std::byte{0xff}) return false;
    if (!is_all_ones({data_, static_cast<std::size_t>(size_)})) return false;
    for (std::size_t index = 0; index < plan_.plain_slots; ++index) {
      const Slot& slot = plan_.slots[index];
      if (slot.field->ones_are_absent && reaches(slot.offset, slot.offset + slot.field->size)) return true;
    }
    return false;
  }

  // What the data reaches is absent, and with its start what lies behind counts.
  void clear() {
    row_.implausible = 0;
    std::ranges::fill(row_.group_counts, -1);
    take_away(0, plan_.plain_slots);
    for (std::size_t index = plan_.plain_slots; index < row_.values.size(); ++index) {
      const Slot& slot = plan_.slots[index];
      if (slot.field->is_derived()) continue;
      const bool is_fixed = slot.group->after.empty();
      const bool is_reached = is_fixed ? reaches(slot.offset, slot.offset + slot.field->size) : first_ <= 0;
      row_.values[index].kind = is_reached ? ValueKind::absent : ValueKind::missing;
    }
  }

  // Items that are empty in the same way.
  void clear_items(const GroupPlan& group, std::size_t items) {
    const auto size = static_cast<std::size_t>(group.item_size);
    std::int64_t begin = group.after < 0 ? group.offset : 0;
    for (std::size_t item = 0; item < items; ++item, begin += group.stride) {
      if (!reaches(begin, begin + group.item_size) || !is_all_ones({at(begin), size})) continue;
      const std::size_t first = group.first_slot + item * static_cast<std::size_t>(group.slots_per_item);
      take_away(first, first + static_cast<std::size_t>(group.slots_per_item));
    }
  }

  void take_away(std::size_t from, std::size_t to) {
    for (std::size_t index = from; index < to; ++index) {
      if (row_.values[index].present()) row_.values[index].kind = ValueKind::absent;
    }
  }

  void section(const Section& section, std::size_t items, std::int64_t base) {
    shift_ = base - first_;
    if (reaches(section.begin, section.end)) {
      numbers(section, items, [start = at(0)](const Step& step) {
        return std::optional(step.gather(load_window(start + step.gather.from)));
      });
    } else {
      numbers(section, items, [this](const Step& step) { return number_in_reach(step); });
    }
    each(section.others, items, [this](const Step& step, Value& value) { other(step, detail_of(step), value); });
  }

  // `read`: the number of a step, if the data has it.
  template <typename Read>
  void numbers(const Section& section, std::size_t items, const Read read) {
    each(section.numbers, items, [read](const Step& step, Value& value) { put(step, read(step), value); });
    each(section.bounded, items, [this, read](const Step& step, Value& value) { bounded(step, read(step), value); });
  }

  template <typename Put>
  void each(const Range& range, std::size_t items, Put put) {
    Value* const values = row_.values.data();
    const Step* const first = plan_.steps.data() + range.first;
    const Step* const last = first + items * range.count;
    for (const Step* step = first; step != last; ++step) put(*step, values[step->slot]);
  }

  [[nodiscard]] std::optional<std::int64_t> number_in_reach(const Step& step) const {
    if (!reaches(step.begin, step.end)) return std::nullopt;
    return step.gather(window(step.gather.from));
  }

  static void set_kind(ValueKind kind, Value& value) { value.kind = kind; }

  static void put(const Step& step, const std::optional<std::int64_t>& mantissa, Value& value) {
    if (!mantissa) return set_kind(ValueKind::missing, value);
    value.kind = step.kind;
    value.decimals = step.decimals;
    value.integer = *mantissa;
  }

  void fill(std::size_t from, std::size_t to, ValueKind kind) {
    for (std::size_t index = from; index < to; ++index) row_.values[index].kind = kind;
  }

  // Returns how many items there are; -1 if the data does not say.
  int decoded(const GroupPlan& group) {
    const std::size_t per_item = static_cast<std::size_t>(group.slots_per_item);
    const std::size_t last = group.first_slot + static_cast<std::size_t>(group.max) * per_item;
    const int base = group.after < 0 ? 0 : base_of(plan_, group, row_.group_counts);
    int count = base < 0 ? -1 : count_of(group);
    if (count > 0 && group.whole && !fits(group, base, count)) count = -1;
    if (count < 0) {
      fill(group.first_slot, last, group.unavailable ? ValueKind::absent : ValueKind::missing);
      return -1;
    }
    const auto items = static_cast<std::size_t>(count);
    section(group.section, items, base);
    if (group.item_size != 0) clear_items(group, items);
    fill(group.first_slot + items * per_item, last, ValueKind::absent);
    return group.unavailable ? -1 : count;
  }

  bool fits(const GroupPlan& group, int base, int count) const {
    const std::int64_t begin = (group.after < 0 ? group.offset : base) - std::int64_t{first_};
    return begin >= 0 && begin + std::int64_t{count} * group.stride <= size_;
  }

  int count_of(const GroupPlan& group) {
    if (group.count != 0) return group.count;
    std::int64_t sum = 0;
    for (const std::size_t slot : group.count_slots) {
      const Value& value = row_.values[slot];
      if (!value.present()) return -1;
      sum += static_cast<std::int64_t>(std::clamp(value.number(), -1e6, 1e6));
    }
    if (sum < 0 || sum > group.max) ++row_.implausible;
    return static_cast<int>(std::clamp<std::int64_t>(sum, 0, group.max));
  }

  const Detail& detail_of(const Step& step) const { return plan_.details[step.more]; }

  bool listed(const Range& range, std::int64_t code) const {
    const auto codes = std::span(plan_.codes).subspan(range.first, range.count);
    return std::find(codes.begin(), codes.end(), code) != codes.end();
  }

  void bounded(const Step& step, const std::optional<std::int64_t>& number, Value& value) {
    const Bounds& bounds = plan_.bounds[step.more];
    put(step, number, value);
    if (!number || (number != bounds.sentinel && number >= bounds.least && number <= bounds.greatest)) return;
    value.kind = ValueKind::absent;
    if (number != bounds.sentinel && number != bounds.ones) ++row_.implausible;
  }

  void other(const Step& step, const Detail& detail, Value& value) {
    if (detail.conditional && !is_there(step, detail, value)) return;
    if (!reaches(step.begin, step.end)) return set_kind(ValueKind::missing, value);
    finish(step, detail, value);
    if (detail.conditional && step.finish != Finish::versioned_scale) check_bounds(detail, value);
  }

  // If not, the value is told so.
  [[gnu::noinline]] bool is_there(const Step& step, const Detail& detail, Value& value) const {
    value.kind = ValueKind::absent;
    if (detail.unavailable) return false;
    value.kind = ValueKind::missing;
    if (!reaches(step.begin, step.end)) return false;
    value.kind = ValueKind::absent;
    const Load load = step.finish == Finish::ipv4 ? Load::u32_low : step.load;
    std::uint64_t raw = load_raw(load, at(step.offset));
    if (step.finish == Finish::real && raw == kMinusZero) raw = 0;
    if (listed(detail.absent, static_cast<std::int64_t>(raw))) return false;
    value.kind = detail.guarded ? state_of(detail.guard) : ValueKind::integer;
    return value.kind == ValueKind::integer;
  }

  // Whether the guarded field holds: `integer` if so, else what it is instead.
  ValueKind state_of(const Guard& guard) const {
    const std::int64_t base = shift_ + first_;  // the guard stands at a place of the block
    if (!reaches(guard.offset - base, guard.offset - base + guard.size)) return ValueKind::missing;
    return listed(guard.codes, guard.code(window(guard.code.from - base))) ? ValueKind::integer : ValueKind::absent;
  }

  void check_bounds(const Detail& detail, Value& value) {
    if (value.kind < ValueKind::integer || value.kind > ValueKind::real) return;
    const double number = value.number();
    if (number >= detail.min && number <= detail.max) return;
    ++row_.implausible;
    value.kind = ValueKind::absent;
  }

  void finish(const Step& step, const Detail& detail, Value& value) {
    switch (step.finish) {
      case Finish::number:
        return put(step, step.gather(window(step.gather.from)), value);
      case Finish::chain:
        return chain(step, detail, value);
      case Finish::boolean:
        return boolean(detail, code_of(step, detail), value);
      case Finish::option:
        return option(detail, code_of(step, detail), value);
      case Finish::text:
        return text(detail, write_text({at(step.offset), detail.text_length}, false, place_of(detail)), value);
      case Finish::swapped_text:
        return text(detail, write_text({at(step.offset), detail.text_length}, true, place_of(detail)), value);
      case Finish::numeral:
        return numeral(step, detail, value);
      case Finish::ipv4:
        return text(detail, write_ipv4(at(step.offset), place_of(detail)), value);
      case Finish::clock:
        return text(detail, write_clock(at(step.offset), place_of(detail)), value);
      case Finish::versioned_scale:
        return versioned(step, detail, value);
      case Finish::real:
        return real(step, detail, value);
    }
  }

  // 0 is 0 on any scale.
  [[gnu::noinline]] void versioned(const Step& step, const Detail& detail, Value& value) {
    const auto raw = static_cast<double>(step.gather(window(step.gather.from)));
    if (raw == 0) return put_real(0, value);
    if (const VersionedScale* scale = chosen_scale(plan_, detail, raw, row_.firmware)) {
      return put_real(round_to_6_digits(raw * scale->factor), value);
    }
    ++row_.implausible;
    value.kind = ValueKind::absent;
  }

  // What is no number stands for none; what is infinite, or of a size that nothing has, is wrong.
  [[gnu::noinline]] void real(const Step& step, const Detail& detail, Value& value) {
    const auto bits = static_cast<std::uint32_t>(load_raw(step.load, at(step.offset)));
    const double mantissa = std::round(static_cast<double>(std::bit_cast<float>(bits)) * detail.factor);
    if (std::abs(mantissa) <= kLargestMantissa) {
      return value.set_decimal(static_cast<std::int64_t>(mantissa), step.decimals);
    }
    value.kind = ValueKind::absent;
    if (!std::isnan(mantissa)) ++row_.implausible;
  }

  Number chained(const Step& step, const Detail& detail) const {
    const Number raw =
        detail.wide ? number_of(load_raw(step.load, at(step.offset))) : Number(step.gather(window(step.gather.from)));
    return transformed(std::span(plan_.chains).subspan(detail.chain.first, detail.chain.count), raw);
  }

  std::int64_t code_of(const Step& step, const Detail& detail) const {
    return detail.is_chained ? chained_code_of(step, detail) : step.gather(window(step.gather.from));
  }

  // Chains are rare, and take a frame that the others would pay for.
  [[gnu::noinline]] std::int64_t chained_code_of(const Step& step, const Detail& detail) const {
    return to_integer(chained(step, detail)) - detail.bias;
  }

  [[gnu::noinline]] void chain(const Step& step, const Detail& detail, Value& value) const {
    const Number number = chained(step, detail);
    if (const auto* integer = std::get_if<std::int64_t>(&number)) {
      std::int64_t difference = 0;
      if (!__builtin_sub_overflow(*integer, detail.bias, &difference)) return put(step, difference, value);
    }
    const auto* bits = std::get_if<std::uint64_t>(&number);
    if (bits != nullptr && detail.bias == 0 && step.decimals == 0) {
      value.kind = ValueKind::unsigned_integer;
      value.unsigned_integer = *bits;
    } else {
      put_real((to_double(number) - static_cast<double>(detail.bias)) / kPowersOfTen[step.decimals], value);
    }
  }

  void boolean(const Detail& detail, std::int64_t code, Value& value) const {
    const Range& codes = detail.codes;
    const bool on = listed({codes.first, detail.on_count}, code);
    const bool off = !on && listed({codes.first + detail.on_count, codes.count - detail.on_count}, code);
    value.kind = on || off ? ValueKind::boolean : ValueKind::absent;
    value.integer = on ? 1 : 0;
  }

  void option(const Detail& detail, std::int64_t code, Value& value) const {
    const std::int64_t* const codes = plan_.codes.data() + detail.codes.first;
    std::uint32_t index = 0;
    while (index != detail.codes.count && codes[index] != code) ++index;
    value.kind = ValueKind::option;
    value.integer = code;
    value.option = index == detail.codes.count ? std::int16_t{-1} : static_cast<std::int16_t>(index);
  }

  // 0 stands for none.
  void numeral(const Step& step, const Detail& detail, Value& value) const {
    const std::uint64_t number = detail.wide ? load_raw(step.load, at(step.offset))
                                             : static_cast<std::uint64_t>(step.gather(window(step.gather.from)));
    put(step, static_cast<std::int64_t>(number), value);
    if (number == 0 || (detail.ones_are_absent && number == all_ones(step.load))) value.kind = ValueKind::absent;
  }

  char* place_of(const Detail& detail) const { return row_.text.data() + detail.text_offset; }

  // `end`: nullptr where there is none.
  void text(const Detail& detail, const char* end, Value& value) const {
    if (end == nullptr) return set_kind(ValueKind::absent, value);
    value.kind = ValueKind::text;
    value.text_offset = detail.text_offset;
    value.text_length = static_cast<std::uint16_t>(end - place_of(detail));
  }

  const Plan& plan_;
  const std::byte* data_;
  std::int64_t size_;
  int first_;
  std::int64_t shift_ = 0;  // from an offset of a section's steps to an index of the data
  Row& row_;
};

}  // namespace

Decoder::Decoder(const Block& block, const Model& model, int instance)
    : plan_(std::make_unique<const Plan>(compile(block, model, instance))) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

const Block& Decoder::block() const {
  return plan_->block;
}
std::span<const Slot> Decoder::slots() const {
  return plan_->slots;
}

std::span<const Summation> Decoder::summations() const {
  return plan_->summations;
}

std::span<const Drift> Decoder::drifts() const {
  return plan_->drifts;
}

std::optional<std::size_t> Decoder::needed() const {
  return plan_->needed;
}

std::optional<int> Decoder::offset_of(std::size_t slot, const Row& row) const {
  int base = 0;
  if (const Group* group = plan_->slots[slot].group) {
    base =
        base_of(*plan_, plan_->groups[static_cast<std::size_t>(group - plan_->block.groups.data())], row.group_counts);
  }
  if (base < 0) return std::nullopt;
  return plan_->slots[slot].offset + base;
}

Row Decoder::make_row() const {
  Row row;
  row.values.resize(plan_->slots.size());
  row.text.resize(plan_->text_size);
  row.group_counts.assign(plan_->groups.size(), -1);
  return row;
}

void Decoder::decode(std::span<const std::byte> data, int first, Row& row) const {
  const bool fits = row.values.size() == plan_->slots.size() && row.text.size() == plan_->text_size &&
                    row.group_counts.size() == plan_->groups.size();
  if (!fits) {
    const double firmware = row.firmware;
    row = make_row();
    row.firmware = firmware;
  }
  Walk(*plan_, data, first, row).run();
}

}  // namespace bluetti::schemas
