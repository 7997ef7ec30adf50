// SPDX-License-Identifier: MIT
#include "schemas/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "schemas/numbers.h"
#include "schemas/schema.h"

namespace bluetti::schemas {
namespace {

std::string_view view(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

template <typename T>
std::string_view format_integer(T value, std::span<char> buffer) {
  return view(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr);
}

std::string_view format_decimal(const Value& value, std::span<char> buffer) {
  std::int64_t mantissa = value.integer;
  int decimals = value.decimals;
  while (decimals > 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    --decimals;
  }
  std::array<char, 24> digits;
  const auto magnitude = mantissa < 0 ? 0 - static_cast<std::uint64_t>(mantissa) : static_cast<std::uint64_t>(mantissa);
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude).ptr;
  const auto length = static_cast<std::size_t>(end - digits.data());
  const auto behind_point = static_cast<std::size_t>(decimals);
  char* out = buffer.data();
  if (mantissa < 0) *out++ = '-';
  if (length <= behind_point) *out++ = '0';
  for (std::size_t place = std::max(length, behind_point); place > 0; --place) {
    if (place == behind_point) *out++ = '.';
    *out++ = place > length ? '0' : digits[length - place];
  }
  return view(buffer.data(), out);
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

void append_text(std::string_view text, std::string& out) {
  constexpr std::string_view kHexadecimal = "0123456789abcdef";
  out += '"';
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') out += '\\';
    if (code >= 0x20) {
      out += letter;
    } else {
      out += "\\u00";
      out += kHexadecimal[code >> 4];
      out += kHexadecimal[code & 15];
    }
  }
  out += '"';
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
      return format_integer(value.unsigned_integer, buffer);
    case ValueKind::decimal:
      return format_decimal(value, buffer);
    case ValueKind::real:
      return format_real(value.real, buffer);
    case ValueKind::boolean:
      return value.integer != 0 ? "ON" : "OFF";
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
    case ValueKind::text:
      return append_text(row.text_of(value), out);
    case ValueKind::option: {
      const std::string_view name = name_of_option(field, value);
      return append_text(name.empty() ? "UNKNOWN_" + std::to_string(value.integer) : std::string(name), out);
    }
    default:
      return append_number(field, row, value, out);
  }
}

}  // namespace bluetti::schemas
