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

// Shift, mask and chain as the field declares them: few, all of them on whole numbers.
std::string transformed(const Step& step, const Plan& plan, std::string raw) {
  if (step.gather.shift != 0) raw = fmt::format("({} >> {})", raw, step.gather.shift);
  if (!step.wide && step.gather.sign == 0 && step.load != Load::none)
    raw = fmt::format("({} & {}L)", raw, step.gather.mask);
  for (std::uint32_t index = 0; index < step.chain.count; ++index) {
    const Transform& transform = plan.chains[step.chain.first + index];
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
  return step.bias == 0 ? raw : fmt::format("({} - {}L)", raw, step.bias);
}

std::string one_of(const Plan& plan, const Range& codes, std::string_view value) {
  std::string test;
  for (std::uint32_t index = 0; index < codes.count; ++index) {
    test += fmt::format("{}{} == {}L", index == 0 ? "" : " || ", value, plan.codes[codes.first + index]);
  }
  return test.empty() ? "0" : test;
}

std::string value_of(const Plan& plan, const Step& step, std::string_view at) {
  const std::string code = transformed(step, plan, raw_of(step, at));
  switch (step.finish) {
    case Finish::number:
    case Finish::chain:
      return step.decimals == 0 ? fmt::format("(double){}", code)
                                : fmt::format("(double){} * {}", code, 1 / kPowersOfTen[step.decimals]);
    case Finish::boolean: {
      const Range on{step.codes.first, step.on_count};
      const Range off{step.codes.first + step.on_count, step.codes.count - step.on_count};
      return fmt::format("{} ? 1 : {} ? 0 : NAN", one_of(plan, on, code), one_of(plan, off, code));
    }
    case Finish::option: {
      std::string index;
      for (std::uint32_t option = 0; option < step.codes.count; ++option) {
        index += fmt::format("{} == {}L ? {} : ", code, plan.codes[step.codes.first + option], option);
      }
      return index + "-1";
    }
    default:
      return code;
  }
}

void print_text(const Step& step, std::size_t slot, std::string_view at) {
  fmt::print("  {{ long n = {0}; memcpy(text + {1}, {2}, {0});\n", step.text_length, step.text_offset, at);
  fmt::print("    while (n > 0 && text[{} + n - 1] == 0) --n;\n", step.text_offset);
  fmt::print("    for (long i = 0; i < n; ++i) if (text[{0} + i] < ' ' || text[{0} + i] > '~') n = -1;\n",
             step.text_offset);
  fmt::print("    values[{}] = n < 0 ? NAN : n; }}\n", slot);
}

void print_step(const Plan& plan, std::size_t slot, int size) {
  const Step& step = plan.steps[slot];
  if (plan.slots[slot].field->is_derived()) return;
  const std::string at = fmt::format("data + {}", step.offset);
  const Extra extra = step.extra < 0 ? Extra() : plan.extras[static_cast<std::size_t>(step.extra)];
  if (extra.unavailable) return fmt::print("  values[{}] = NAN;\n", slot);
  if (step.end > size) return fmt::print("  values[{}] = NAN;\n", slot);
  if (step.finish == Finish::text || step.finish == Finish::swapped_text) return print_text(step, slot, at);
  fmt::print("  {{ double value = {};\n", value_of(plan, step, at));
  if (extra.absent.count != 0) fmt::print("    if ({}) value = NAN;\n", one_of(plan, extra.absent, raw_of(step, at)));
  if (extra.min > -1e300) fmt::print("    if (value < {}) value = NAN;\n", extra.min);
  if (extra.max < 1e300) fmt::print("    if (value > {}) value = NAN;\n", extra.max);
  fmt::print("    values[{}] = value; }}\n", slot);
}

void print_group(const Plan& plan, const GroupPlan& group, int size) {
  const auto per_item = static_cast<std::size_t>(group.steps_per_item);
  std::string count = std::to_string(group.count);
  for (const std::size_t slot : group.count_slots) count += fmt::format(" + values[{}]", slot);
  fmt::print("  {{ const double count = {};\n", count);
  for (int item = 0; item < group.max; ++item) {
    const std::size_t first = group.first_step + static_cast<std::size_t>(item) * per_item;
    fmt::print("  if (!(count > {})) {{ for (int i = {}; i < {}; ++i) values[i] = NAN; }} else {{\n", item, first,
               first + per_item);
    for (std::size_t slot = first; slot < first + per_item; ++slot) print_step(plan, slot, size);
    fmt::print("  }}\n");
  }
  fmt::print("  }}\n");
}

void print_block(const Plan& plan, int size) {
  fmt::print("void read_block_{}_by_hand(const unsigned char* data, long size, double* values, char* text) {{\n",
             plan.block.id);
  fmt::print("  (void)text;\n  if (size < {}) return;\n", size);
  for (std::size_t slot = 0; slot < plan.plain_steps; ++slot) print_step(plan, slot, size);
  for (const GroupPlan& group : plan.groups) {
    if (group.after < 0) print_group(plan, group, size);
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
