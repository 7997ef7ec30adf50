// SPDX-License-Identifier: MIT
#include "schemas/packed_row.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string_view>

namespace bluetti::schemas {
namespace {

Value of(ValueKind kind, std::int64_t integer, std::uint8_t decimals = 0) {
  Value value;
  value.kind = kind;
  value.decimals = decimals;
  value.integer = integer;
  return value;
}

Row row_of(std::initializer_list<Value> values) {
  Row row;
  row.values = values;
  row.text.resize(8);
  row.group_counts = {-1, 16};
  return row;
}

// What comes out where something else was before.
Row unpacked(const PackedRow& packed, const Row& like) {
  Row row = like;
  std::ranges::fill(row.values, of(ValueKind::decimal, 7, 3));
  std::ranges::fill(row.text, 'x');
  std::ranges::fill(row.group_counts, 3);
  packed.unpack(row);
  return row;
}

void expect_same(const Row& is, const Row& was) {
  ASSERT_EQ(is.values.size(), was.values.size());
  for (std::size_t slot = 0; slot < was.values.size(); ++slot) {
    EXPECT_TRUE(Row::same(is, is.values[slot], was, was.values[slot])) << slot;
    EXPECT_EQ(is.values[slot].option, was.values[slot].option) << slot;
  }
  EXPECT_EQ(is.group_counts, was.group_counts);
}

TEST(PackedRow, KeepsValuesOfEveryKind) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  Row row = row_of({of(ValueKind::missing, 0), of(ValueKind::absent, 0), of(ValueKind::integer, 0),
                    of(ValueKind::integer, std::numeric_limits<std::int32_t>::min()), of(ValueKind::integer, kLeast),
                    of(ValueKind::integer, 1LL << 31), of(ValueKind::unsigned_integer, -1),
                    of(ValueKind::decimal, -53, 2), of(ValueKind::real, 0), of(ValueKind::boolean, 1),
                    of(ValueKind::boolean, 0), of(ValueKind::numeral, 2345000000001), of(ValueKind::numeral, 205308, 4),
                    of(ValueKind::text, 0), of(ValueKind::option, 70000), of(ValueKind::option, 3)});
  row.values[8].real = 0.125;
  constexpr std::string_view kText = "AP300";
  row.values[13].text_offset = 2;
  row.values[13].text_length = kText.size();
  std::ranges::copy(kText, row.text.begin() + 2);
  row.values[15].option = 1;
  PackedRow packed;
  packed.pack(row);
  const Row again = unpacked(packed, row);
  expect_same(again, row);
  EXPECT_EQ(again.text_of(again.values[13]), kText);
}

TEST(PackedRow, HasNothingBeforeItWasPacked) {
  const PackedRow packed;
  EXPECT_EQ(packed.place(), nullptr);
  const Row row = unpacked(packed, row_of({of(ValueKind::integer, 1)}));
  EXPECT_EQ(row.values[0].kind, ValueKind::missing);
  EXPECT_EQ(row.group_counts, (std::vector{-1, -1}));
}

TEST(PackedRow, StaysWhereItIsWhileThereIsRoom) {
  PackedRow packed;
  packed.pack(row_of({of(ValueKind::integer, 1), of(ValueKind::integer, 2)}));
  const std::byte* const place = packed.place();
  const Row less = row_of({of(ValueKind::integer, -5), of(ValueKind::absent, 0)});
  packed.pack(less);
  EXPECT_EQ(packed.place(), place);
  expect_same(unpacked(packed, less), less);
  const Row more = row_of({of(ValueKind::integer, 1LL << 40), of(ValueKind::integer, 1LL << 41)});
  packed.pack(more);
  expect_same(unpacked(packed, more), more);
}

}  // namespace
}  // namespace bluetti::schemas
