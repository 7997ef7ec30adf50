// SPDX-License-Identifier: MIT
#include <bluetti/error.h>
#include <bluetti/value.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace bluetti {
namespace {

template <typename Number>
std::string digits_of(Number number) {
  std::array<char, 352> buffer;  // the longest double without an exponent has 325
  if constexpr (std::is_floating_point_v<Number>) {
    return {buffer.data(), std::to_chars(buffer.data(), buffer.end(), number, std::chars_format::fixed).ptr};
  } else {
    return {buffer.data(), std::to_chars(buffer.data(), buffer.end(), number).ptr};
  }
}

struct TextOf {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool on) const { return on ? "ON" : "OFF"; }
  std::string operator()(std::int64_t number) const { return digits_of(number); }
  std::string operator()(std::uint64_t number) const { return digits_of(number); }
  std::string operator()(double number) const { return digits_of(number); }
  std::string operator()(const std::string& text) const { return text; }
};

struct NumberOf {
  std::optional<double> operator()(std::int64_t number) const { return static_cast<double>(number); }
  std::optional<double> operator()(std::uint64_t number) const { return static_cast<double>(number); }
  std::optional<double> operator()(double number) const { return number; }
  template <typename Other>
  std::optional<double> operator()(const Other&) const {
    return std::nullopt;
  }
};

}  // namespace

std::string_view name_of(ErrorClass kind) noexcept {
  switch (kind) {
    case ErrorClass::transport:
      return "transport";
    case ErrorClass::protocol:
      return "protocol";
    case ErrorClass::schema:
      return "schema";
    case ErrorClass::configuration:
      return "configuration";
  }
  return "unknown";
}

BadResult::BadResult(Error error) : std::logic_error(error.message), error_(std::move(error)) {}
BadResult::~BadResult() = default;

std::optional<double> Value::number() const {
  return std::visit(NumberOf{}, content);
}

std::string Value::text() const {
  return std::visit(TextOf{}, content);
}

const Value* BlockValues::find(std::string_view path) const {
  const auto found = std::ranges::find(values, path, &Value::path);
  return found == values.end() ? nullptr : &*found;
}

std::optional<double> BlockValues::number(std::string_view path) const {
  const Value* value = find(path);
  return value ? value->number() : std::nullopt;
}

std::string BlockValues::text(std::string_view path) const {
  const Value* value = find(path);
  return value ? value->text() : std::string();
}

}  // namespace bluetti
