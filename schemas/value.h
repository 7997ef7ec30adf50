// SPDX-License-Identifier: MIT
// A decoded value and a row of them. A row is made once per block and station and written over at each decode, so that
// decoding allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bluetti::schemas {

struct Field;

enum class ValueKind : std::uint8_t {
  missing,  // the data did not reach this far: nothing is known, an earlier value still stands
  absent,   // the station says that it has no value here, or gave an implausible one
  integer,
  unsigned_integer,  // above the largest signed 64-bit number
  decimal,           // mantissa / 10^decimals, exact
  real,
  boolean,
  numeral,  // digits that are no quantity (serial number, version): unsigned, the last `decimals` behind a point, four
            // of them in two parts
  text,
  option  // code of an enumeration
};

inline constexpr std::array<double, 5> kPowersOfTen{1, 10, 100, 1000, 10000};  // by number of decimals

// 16 bytes, trivially copyable. Text lies in the row.
struct Value {
  ValueKind kind = ValueKind::missing;
  std::uint8_t decimals = 0;
  std::uint16_t text_length = 0;
  std::int16_t option = -1;  // index into Field::options; -1: a code without a name
  union {
    std::int64_t integer = 0;  // also mantissa, boolean (0, 1) and enumeration code
    std::uint64_t unsigned_integer;
    double real;
    std::uint32_t text_offset;
  };

  [[nodiscard]] bool present() const { return kind > ValueKind::absent; }
  [[nodiscard]] double number() const;  // of the kinds from integer to real

  // Member by member: a copy of a value just written would wait for its own stores.
  void set_decimal(std::int64_t mantissa, std::uint8_t places) {
    kind = places == 0 ? ValueKind::integer : ValueKind::decimal;
    decimals = places;
    integer = mantissa;
  }
};

inline double Value::number() const {
  switch (kind) {
    case ValueKind::integer:
      return static_cast<double>(integer);
    case ValueKind::unsigned_integer:
      return static_cast<double>(unsigned_integer);
    case ValueKind::decimal:
      return static_cast<double>(integer) / kPowersOfTen[decimals];
    default:
      return real;
  }
}

struct Row {
  std::vector<Value> values;      // one per slot of the decoder
  std::vector<char> text;         // the decoder gives each text slot its own place
  std::vector<int> group_counts;  // items of each group; -1: the data did not say
  std::uint32_t implausible = 0;  // values dropped at the last decode because they were out of bounds
  double firmware = 0;            // before a decode, from the caller: version of the station's software; 0: not known

  [[nodiscard]] std::string_view text_of(const Value& value) const {
    return {text.data() + value.text_offset, value.text_length};
  }
  // Same kind and same content; the values may lie in different rows of the same decoder.
  [[nodiscard]] static bool same(const Row& a, const Value& x, const Row& b, const Value& y);
};

inline constexpr std::size_t kMaxFormatted = 352;  // a text of 255 bytes, or the longest number to 6 digits

// The value as the payload of a topic: `53.13`, `ON`, `charging`, `AP300`. Shortest, no exponent, no locale. Nothing
// for a missing or absent value. `buffer` needs kMaxFormatted bytes; the result lies in it or in the row.
[[nodiscard]] std::string_view format(const Field& field, const Row& row, const Value& value, std::span<char> buffer);

// The value as JSON: numbers as numbers, ON/OFF as true/false, the rest as strings, nothing as null.
void append_json(const Field& field, const Row& row, const Value& value, std::string& out);

}  // namespace bluetti::schemas
