// SPDX-License-Identifier: MIT
#include "schemas/value.h"

#include <array>
#include <charconv>
#include <cmath>

#include "schemas/digits.h"
#include "schemas/json_text.h"
#include "schemas/numbers.h"
#include "schemas/schema.h"

namespace bluetti::schemas {
namespace {

std::string_view view(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::uint64_t magnitude_of(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

std::string_view format_integer(std::int64_t value, std::span<char> buffer) {
  buffer[0] = '-';
  return view(buffer.data() + (value < 0 ? 0 : 1), write_digits(magnitude_of(value), buffer.data() + 1));
}

// "2053.08"; with four decimals "50008.01.10".
std::string_view format_numeral(const Value& value, std::span<char> buffer) {
  char* end = write_fixed(static_cast<std::uint64_t>(value.integer), value.decimals, buffer.data());
  if (value.decimals == 4) {
    end[0] = end[-1];
    end[-1] = end[-2];
    end[-2] = '.';
    ++end;
  }
  return view(buffer.data(), end);
}

// Zeros at the end are left out, and the point with them.
std::string_view format_decimal(const Value& value, std::span<char> buffer) {
  buffer[0] = '-';
  const char* end = write_fixed(magnitude_of(value.integer), value.decimals, buffer.data() + 1);
  for (int places = value.decimals; places > 0 && end[-1] == '0'; --places) --end;
  if (end[-1] == '.') --end;
  return view(buffer.data() + (value.integer < 0 ? 0 : 1), end);
}

std::string_view format_real(double value, std::span<char> buffer) {
  if (!std::isfinite(value)) return {};
  const double rounded = round_to_6_digits(value) + 0.0;  // + 0.0 makes -0 a 0
  char* const end = buffer.data() + buffer.size();
  return view(buffer.data(), std::to_chars(buffer.data(), end, rounded, std::chars_format::fixed).ptr);
}

std::string_view name_of_option(const Field& field, const Value& value) {
  const auto index = static_cast<std::size_t>(value.option);
  return value.option >= 0 && index < field.options.size() ? std::string_view(field.options[index].name)
                                                           : std::string_view();
}

void append_number(const Field& field, const Row& row, const Value& value, std::string& out) {
  std::array<char, kMaxFormatted> buffer;
  const std::string_view number = format(field, row, value, buffer);
  if (number.empty()) {
    out += "null";
    return;
  }
  out += number;
  const bool fractional = value.kind == ValueKind::decimal || value.kind == ValueKind::real;
  if (fractional && number.find('.') == std::string_view::npos) out += ".0";
}

}  // namespace

bool Row::same(const Row& a, const Value& x, const Row& b, const Value& y) {
  if (x.kind != y.kind) return false;
  switch (x.kind) {
    case ValueKind::missing:
    case ValueKind::absent:
      return true;
    case ValueKind::text:
      return a.text_of(x) == b.text_of(y);
    case ValueKind::real:
      return x.real == y.real;
    default:
      return x.decimals == y.decimals && x.integer == y.integer;
  }
}

std::string_view format(const Field& field, const Row& row, const Value& value, std::span<char> buffer) {
  switch (value.kind) {
    case ValueKind::missing:
    case ValueKind::absent:
      return {};
    case ValueKind::integer:
      return format_integer(value.integer, buffer);
    case ValueKind::unsigned_integer:
      return view(buffer.data(), write_digits(value.unsigned_integer, buffer.data()));
    case ValueKind::decimal:
      return format_decimal(value, buffer);
    case ValueKind::real:
      return format_real(value.real, buffer);
    case ValueKind::boolean:
      return value.integer != 0 ? "ON" : "OFF";
    case ValueKind::numeral:
      return format_numeral(value, buffer);
    case ValueKind::text:
      return row.text_of(value);
    case ValueKind::option: {
      const std::string_view name = name_of_option(field, value);
      return name.empty() ? "other" : name;
    }
  }
  return {};
}

void append_json(const Field& field, const Row& row, const Value& value, std::string& out) {
  switch (value.kind) {
    case ValueKind::missing:
    case ValueKind::absent:
      out += "null";
      return;
    case ValueKind::boolean:
      out += value.integer != 0 ? "true" : "false";
      return;
    case ValueKind::numeral: {
      std::array<char, kMaxFormatted> buffer;
      return append_json_text(format_numeral(value, buffer), out);
    }
    case ValueKind::text:
      return append_json_text(row.text_of(value), out);
    case ValueKind::option: {
      const std::string_view name = name_of_option(field, value);
      return append_json_text(name.empty() ? "UNKNOWN_" + std::to_string(value.integer) : std::string(name), out);
    }
    default:
      return append_number(field, row, value, out);
  }
}

}  // namespace bluetti::schemas
