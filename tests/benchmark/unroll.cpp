// SPDX-License-Identifier: MIT
// Writes the C that somebody would write by hand to read one model's blocks: no tables, every offset, scale and bound a
// constant in a straight line of code. What the benchmarks measure the decoder against. Made from the same plans that
// the decoder walks, so that both do the same work.
//
// Double values, NaN where there is none; a boolean is 0 or 1, an option its index, a text is copied to `text`. Only
// whole answers, of the size that the model has.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vector>

#include "schemas/catalog.h"
#include "schemas/plan.h"

namespace {

using namespace bluetti::schemas;

constexpr std::string_view kHead = R"(/* Made by unroll.cpp. */
#include "tests/benchmark/by_hand.h"

#include <math.h>
#include <string.h>

static inline unsigned u8(const unsigned char* p) { return p[0]; }
static inline unsigned u16(const unsigned char* p) { return (unsigned)p[0] << 8 | p[1]; }
static inline unsigned u32l(const unsigned char* p) { return u16(p) | u16(p + 2) << 16; }
static inline unsigned u32h(const unsigned char* p) { return u16(p) << 16 | u16(p + 2); }
static inline unsigned long long u64l(const unsigned char* p) { return u32l(p) | (unsigned long long)u32l(p + 4) << 32; }
static inline unsigned long long u64h(const unsigned char* p) { return (unsigned long long)u32h(p) << 32 | u32h(p + 4); }

)";

std::string raw_of(const Step& step, std::string_view at) {
  switch (step.load) {
    case Load::none:
      return "0";
    case Load::u8:
      return fmt::format("(int)u8({})", at);
    case Load::s8:
      return fmt::format("(signed char)u8({})", at);
    case Load::u16:
      return fmt::format("(int)u16({})", at);
    case Load::s16:
      return fmt::format("(short)u16({})", at);
    case Load::u32_low:
      return fmt::format("(long)u32l({})", at);
    case Load::s32_low:
      return fmt::format("(int)u32l({})", at);
    case Load::u32_high:
      return fmt::format("(long)u32h({})", at);
    case Load::s32_high:
      return fmt::format("(int)u32h({})", at);
    case Load::u64_low:
      return fmt::format("(long)u64l({})", at);
    case Load::u64_high:
      return fmt::format("(long)u64h({})", at);
  }
  return "0";
}

// A step with what else there is to it.
struct Described {
  Step step;
  Bounds bounds;
  Detail detail;
};

// By slot; nothing for a derived value.
std::vector<std::optional<Described>> described(const Plan& plan) {
  std::vector<std::optional<Described>> result(plan.slots.size());
  const auto take_section = [&](const Section& section, std::size_t items) {
    const auto steps_of = [&](const Range& range) {
      return std::span(plan.steps).subspan(range.first, range.count * items);
    };
    for (const Step& step : steps_of(section.numbers)) result[step.slot] = {step};
    for (const Step& step : steps_of(section.bounded)) result[step.slot] = {step, plan.bounds[step.more]};
    for (const Step& step : steps_of(section.others)) result[step.slot] = {step, {}, plan.details[step.more]};
  };
  take_section(plan.plain, 1);
  for (const GroupPlan& group : plan.groups) take_section(group.section, static_cast<std::size_t>(group.max));
  return result;
}

std::int64_t bias_of(const Described& d) {
  return d.detail.is_chained || d.detail.wide ? d.detail.bias : d.step.gather.less - d.step.gather.sign;
}

unsigned shift_of(const Described& d, const Field& field) {
  auto whole = gather_of(d.step.load, 0, ~std::uint64_t{0});
  if (!whole) return 0;
  whole->place(d.step.offset, field.size);
  return (d.step.gather.turn + 32U - whole->turn) % 32;
}

// Shift, mask and chain as the field declares them: few, all of them on whole numbers.
std::string transformed(const Described& d, const Plan& plan, std::string raw) {
  const Step& step = d.step;
  if (const unsigned shift = shift_of(d, *plan.slots[step.slot].field); shift != 0)
    raw = fmt::format("({} >> {})", raw, shift);
  if (!d.detail.wide && step.gather.sign == 0 && step.load != Load::none && step.finish != Finish::numeral)
    raw = fmt::format("({} & {}L)", raw, step.gather.mask);
  for (std::uint32_t index = 0; index < d.detail.chain.count; ++index) {
    const Transform& transform = plan.chains[d.detail.chain.first + index];
    switch (transform.kind) {
      case Transform::Kind::abs:
        raw = fmt::format("labs({})", raw);
        break;
      case Transform::Kind::bitmask:
        raw = fmt::format("({} & {}L)", raw, transform.bits);
        break;
      case Transform::Kind::shift:
        raw = fmt::format("({} >> {})", raw, transform.bits);
        break;
      default:
        break;
    }
  }
  return bias_of(d) == 0 ? raw : fmt::format("({} - {}L)", raw, bias_of(d));
}

std::string one_of(const Plan& plan, const Range& codes, std::string_view value) {
  std::string test;
  for (std::uint32_t index = 0; index < codes.count; ++index) {
    test += fmt::format("{}{} == {}L", index == 0 ? "" : " || ", value, plan.codes[codes.first + index]);
  }
  return test.empty() ? "0" : test;
}

std::string value_of(const Plan& plan, const Described& d, std::string_view at) {
  const Step& step = d.step;
  const Range& codes = d.detail.codes;
  const std::string code = transformed(d, plan, raw_of(step, at));
  switch (step.finish) {
    case Finish::number:
    case Finish::chain:
      return step.decimals == 0 ? fmt::format("(double){}", code)
                                : fmt::format("(double){} * {}", code, 1 / kPowersOfTen[step.decimals]);
    case Finish::boolean: {
      const Range on{codes.first, d.detail.on_count};
      const Range off{codes.first + d.detail.on_count, codes.count - d.detail.on_count};
      return fmt::format("{} ? 1 : {} ? 0 : NAN", one_of(plan, on, code), one_of(plan, off, code));
    }
    case Finish::option: {
      std::string index;
      for (std::uint32_t option = 0; option < codes.count; ++option) {
        index += fmt::format("{} == {}L ? {} : ", code, plan.codes[codes.first + option], option);
      }
      return index + "-1";
    }
    default:
      return code;
  }
}

void print_text(const Detail& detail, std::size_t slot, std::string_view at) {
  fmt::print("  {{ long n = {0}; memcpy(text + {1}, {2}, {0});\n", detail.text_length, detail.text_offset, at);
  fmt::print("    while (n > 0 && text[{} + n - 1] == 0) --n;\n", detail.text_offset);
  fmt::print("    for (long i = 0; i < n; ++i) if (text[{0} + i] < ' ' || text[{0} + i] > '~') n = -1;\n",
             detail.text_offset);
  fmt::print("    values[{}] = n < 0 ? NAN : n; }}\n", slot);
}

void print_step(const Plan& plan, const std::optional<Described>& d, int size) {
  if (!d) return;
  const Step& step = d->step;
  const Detail& detail = d->detail;
  const std::uint32_t slot = step.slot;
  const std::string at = fmt::format("data + {}", step.offset);
  if (detail.unavailable) return fmt::print("  values[{}] = NAN;\n", slot);
  if (step.end > size) return fmt::print("  values[{}] = NAN;\n", slot);
  if (step.finish == Finish::text || step.finish == Finish::swapped_text) return print_text(detail, slot, at);
  fmt::print("  {{ double value = {};\n", value_of(plan, *d, at));
  if (detail.absent.count != 0) fmt::print("    if ({}) value = NAN;\n", one_of(plan, detail.absent, raw_of(step, at)));
  if (step.finish == Finish::number && d->bounds.sentinel != Bounds().sentinel) {
    fmt::print("    if ({} == {}L) value = NAN;\n", raw_of(step, at), d->bounds.sentinel + bias_of(*d));
  }
  const Field& field = *plan.slots[slot].field;
  if (field.min) fmt::print("    if (value < {}) value = NAN;\n", *field.min);
  if (field.max) fmt::print("    if (value > {}) value = NAN;\n", *field.max);
  fmt::print("    values[{}] = value; }}\n", slot);
}

void print_group(const Plan& plan, const GroupPlan& group, std::span<const std::optional<Described>> steps, int size) {
  const auto per_item = static_cast<std::size_t>(group.slots_per_item);
  std::string count = std::to_string(group.count);
  for (const std::size_t slot : group.count_slots) count += fmt::format(" + values[{}]", slot);
  fmt::print("  {{ const double count = {};\n", count);
  for (int item = 0; item < group.max; ++item) {
    const std::size_t first = group.first_slot + static_cast<std::size_t>(item) * per_item;
    fmt::print("  if (!(count > {})) {{ for (int i = {}; i < {}; ++i) values[i] = NAN; }} else {{\n", item, first,
               first + per_item);
    for (std::size_t slot = first; slot < first + per_item; ++slot) print_step(plan, steps[slot], size);
    fmt::print("  }}\n");
  }
  fmt::print("  }}\n");
}

void print_block(const Plan& plan, int size) {
  fmt::print("void read_block_{}_by_hand(const unsigned char* data, long size, double* values, char* text) {{\n",
             plan.block.id);
  const auto steps = described(plan);
  fmt::print("  (void)text;\n  if (size < {}) return;\n", size);
  for (std::size_t slot = 0; slot < plan.plain_slots; ++slot) print_step(plan, steps[slot], size);
  for (const GroupPlan& group : plan.groups) {
    if (group.after < 0) print_group(plan, group, steps, size);
  }
  fmt::print("}}\n\n");
}

}  // namespace

int main(int, char** arguments) {
  const Catalog catalog = Catalog::built_in();
  const Model& model = *catalog.model(arguments[1]);
  fmt::print("{}", kHead);
  for (char** block = arguments + 2; *block != nullptr; ++block) {
    const Block& described = *catalog.block(static_cast<std::uint16_t>(std::atoi(*block)));
    print_block(compile(described, model, 1), 2 * model.registers_of(described));
  }
}
