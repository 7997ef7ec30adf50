// SPDX-License-Identifier: MIT
#include "schemas/decoder.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "schemas/numbers.h"
#include "schemas/plan.h"

namespace bluetti::schemas {
namespace {

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
    steps(0, plan_.plain_steps, 0);
    for (std::size_t index = 0; index < plan_.groups.size(); ++index) group(index);
    derive(plan_, row_);
  }

 private:
  void steps(std::size_t from, std::size_t to, std::int64_t base) {
    const std::int64_t shift = base - first_;
    const std::int64_t lowest = -shift;
    const std::int64_t highest = size_ - shift;
    const Step* step = plan_.steps.data() + from;
    const Step* const last = plan_.steps.data() + to;
    for (Value* value = row_.values.data() + from; step != last; ++step, ++value) {
      if (step->extra >= 0) {
        with_extra(*step, plan_.extras[static_cast<std::size_t>(step->extra)], shift, *value);
      } else if (step->begin < lowest || step->end > highest) {
        value->kind = ValueKind::missing;
      } else if (step->finish == Finish::number) {
        value->set_decimal(step->gather(data_ + (step->offset + shift)) - step->bias, step->decimals);
      } else {
        finish(*step, data_ + (step->offset + shift), *value);
      }
    }
  }

  void fill(std::size_t from, std::size_t to, ValueKind kind) {
    for (std::size_t index = from; index < to; ++index) row_.values[index].kind = kind;
  }

  void group(std::size_t index) {
    const GroupPlan& group = plan_.groups[index];
    const std::size_t per_item = static_cast<std::size_t>(group.steps_per_item);
    const std::size_t last = group.first_step + static_cast<std::size_t>(group.max) * per_item;
    const int base = base_of(plan_, group, row_.group_counts);
    int count = base < 0 ? -1 : count_of(group);
    if (count > 0 && group.whole && !fits(group, base, count)) count = -1;
    row_.group_counts[index] = group.unavailable ? -1 : count;
    if (count < 0) return fill(group.first_step, last, group.unavailable ? ValueKind::absent : ValueKind::missing);
    const std::size_t end = group.first_step + static_cast<std::size_t>(count) * per_item;
    steps(group.first_step, end, base);
    fill(end, last, ValueKind::absent);
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

  bool listed(const Range& range, std::int64_t code) const {
    const auto codes = std::span(plan_.codes).subspan(range.first, range.count);
    return std::find(codes.begin(), codes.end(), code) != codes.end();
  }

  void with_extra(const Step& step, const Extra& extra, std::int64_t shift, Value& value) {
    value.kind = ValueKind::absent;
    if (extra.unavailable) return;
    value.kind = ValueKind::missing;
    if (step.begin + shift < 0 || step.end + shift > size_) return;
    if (extra.guarded) {
      value.kind = state_of(extra.guard);
      if (value.kind != ValueKind::integer) return;
    }
    const std::byte* at = data_ + (step.offset + shift);
    const Load load = step.finish == Finish::ipv4 ? Load::u32_low : step.load;
    if (extra.absent.count != 0 && listed(extra.absent, static_cast<std::int64_t>(load_raw(load, at)))) {
      value.kind = ValueKind::absent;
      return;
    }
    finish(step, at, value);
    if (value.kind < ValueKind::integer || value.kind > ValueKind::real) return;
    const double number = value.number();
    if (number >= extra.min && number <= extra.max) return;
    ++row_.implausible;
    value.kind = ValueKind::absent;
  }

  // Whether the guarded field holds: `integer` if so, else what it is instead.
  ValueKind state_of(const Guard& guard) const {
    const std::int64_t at = std::int64_t{guard.offset} - first_;
    if (at < 0 || at + guard.size > size_) return ValueKind::missing;
    return listed(guard.codes, guard.code(data_ + at)) ? ValueKind::integer : ValueKind::absent;
  }

  Number chained(const Step& step, const std::byte* at) const {
    const Number raw = step.wide ? number_of(load_raw(step.load, at)) : Number(step.gather(at));
    return transformed(std::span(plan_.chains).subspan(step.chain.first, step.chain.count), raw);
  }

  std::int64_t code_of(const Step& step, const std::byte* at) const {
    const bool simple = step.chain.count == 0 && !step.wide;
    return (simple ? step.gather(at) : to_integer(chained(step, at))) - step.bias;
  }

  void finish(const Step& step, const std::byte* at, Value& value) {
    switch (step.finish) {
      case Finish::number:
        return value.set_decimal(step.gather(at) - step.bias, step.decimals);
      case Finish::chain:
        return chain(step, at, value);
      case Finish::boolean:
        return boolean(step, code_of(step, at), value);
      case Finish::option:
        return option(step, code_of(step, at), value);
      case Finish::text:
      case Finish::swapped_text:
        return text(step, at, value);
      case Finish::serial:
        return serial(step, load_raw(step.load, at), value);
      case Finish::version:
        return version(step, load_raw(step.load, at), value);
      case Finish::ipv4:
        return ipv4(step, at, value);
    }
  }

  void chain(const Step& step, const std::byte* at, Value& value) const {
    const Number number = chained(step, at);
    if (const auto* integer = std::get_if<std::int64_t>(&number)) {
      std::int64_t difference = 0;
      if (!__builtin_sub_overflow(*integer, step.bias, &difference)) {
        return value.set_decimal(difference, step.decimals);
      }
    }
    const auto* bits = std::get_if<std::uint64_t>(&number);
    if (bits != nullptr && step.bias == 0 && step.decimals == 0) {
      value.kind = ValueKind::unsigned_integer;
      value.unsigned_integer = *bits;
    } else {
      put_real((to_double(number) - static_cast<double>(step.bias)) / kPowersOfTen[step.decimals], value);
    }
  }

  void boolean(const Step& step, std::int64_t code, Value& value) const {
    const bool on = listed({step.codes.first, step.on_count}, code);
    const bool off = !on && listed({step.codes.first + step.on_count, step.codes.count - step.on_count}, code);
    value.kind = on || off ? ValueKind::boolean : ValueKind::absent;
    value.integer = on ? 1 : 0;
  }

  void option(const Step& step, std::int64_t code, Value& value) const {
    const auto codes = std::span(plan_.codes).subspan(step.codes.first, step.codes.count);
    const auto found = std::find(codes.begin(), codes.end(), code);
    value.kind = ValueKind::option;
    value.integer = code;
    value.option = found == codes.end() ? std::int16_t{-1} : static_cast<std::int16_t>(found - codes.begin());
  }

  char* place_of(const Step& step) { return row_.text.data() + step.text_offset; }

  void put_text(const Step& step, const char* end, Value& value) {
    value.kind = ValueKind::text;
    value.text_offset = step.text_offset;
    value.text_length = static_cast<std::uint16_t>(end - place_of(step));
  }

  // NULs at the end are padding. Bytes that are no printable ASCII mean that there is no text here.
  void text(const Step& step, const std::byte* at, Value& value) {
    char* const begin = place_of(step);
    char* end = begin + step.text_length;
    const bool swapped = step.finish == Finish::swapped_text;
    for (std::size_t index = 0; index < step.text_length; ++index) {
      const std::size_t from = swapped ? std::min<std::size_t>(index ^ 1, step.text_length - 1U) : index;
      begin[index] = static_cast<char>(at[from]);
    }
    while (end != begin && end[-1] == '\0') --end;
    const bool printable = std::all_of(begin, end, [](char letter) { return letter >= ' ' && letter <= '~'; });
    value.kind = ValueKind::absent;
    if (printable) put_text(step, end, value);
  }

  void serial(const Step& step, std::uint64_t number, Value& value) {
    constexpr int kDigits = 20;
    value.kind = ValueKind::absent;
    if (number != 0) put_text(step, std::to_chars(place_of(step), place_of(step) + kDigits, number).ptr, value);
  }

  void version(const Step& step, std::uint64_t number, Value& value) {
    constexpr int kDigits = 10;
    value.kind = ValueKind::absent;
    if (number == 0) return;
    char* end = std::to_chars(place_of(step), place_of(step) + kDigits, number / 100).ptr;
    *end++ = '.';
    *end++ = static_cast<char>('0' + number / 10 % 10);
    *end++ = static_cast<char>('0' + number % 10);
    put_text(step, end, value);
  }

  // Two registers, the bytes of each exchanged. 0.0.0.0 stands for no address.
  void ipv4(const Step& step, const std::byte* at, Value& value) {
    char* end = place_of(step);
    unsigned any = 0;
    for (const std::size_t from : {1U, 0U, 3U, 2U}) {
      const auto part = std::to_integer<unsigned>(at[from]);
      any |= part;
      if (from != 1) *end++ = '.';
      end = std::to_chars(end, end + 3, part).ptr;
    }
    value.kind = ValueKind::absent;
    if (any != 0) put_text(step, end, value);
  }

  const Plan& plan_;
  const std::byte* data_;
  std::int64_t size_;
  int first_;
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

std::optional<int> Decoder::offset_of(std::size_t slot, const Row& row) const {
  int base = 0;
  if (const Group* group = plan_->slots[slot].group) {
    base =
        base_of(*plan_, plan_->groups[static_cast<std::size_t>(group - plan_->block.groups.data())], row.group_counts);
  }
  if (base < 0) return std::nullopt;
  return plan_->steps[slot].offset + base;
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
  if (!fits) row = make_row();
  Walk(*plan_, data, first, row).run();
}

}  // namespace bluetti::schemas
