// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <optional>

#include "schemas/numbers.h"
#include "schemas/plan.h"
#include "schemas/text.h"

namespace bluetti::schemas {
namespace {

using Bytes = std::span<std::byte>;

std::optional<std::uint64_t> parse_digits(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A number, or the digits of one.
std::optional<double> number_in(const Simulated& value) {
  if (const auto* number = std::get_if<double>(&value))
    return std::isfinite(*number) ? std::optional(*number) : std::nullopt;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<double> code_in(const Field& field, const Simulated& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || field.type != Type::enumeration) return number_in(value);
  const auto option = std::find_if(field.options.begin(), field.options.end(),
                                   [text](const Option& candidate) { return candidate.name == *text; });
  if (option != field.options.end()) return static_cast<double>(option->code);
  return number_in(value);
}

std::optional<double> switch_code_in(const Field& field, const Simulated& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (*text != "ON" && *text != "OFF") return std::nullopt;
    return static_cast<double>(*text == "ON" ? field.on.front() : field.off.front());
  }
  const auto number = number_in(value);
  if (!number) return std::nullopt;
  return static_cast<double>(*number != 0 ? field.on.front() : field.off.front());
}

// Undoes one step of arithmetic; nullopt where no number leads to this one.
std::optional<double> undone(const Transform& transform, double number) {
  switch (transform.kind) {
    case Transform::Kind::scale:
      return number / transform.first;
    case Transform::Kind::minus:
      return number + transform.first;
    case Transform::Kind::abs:
      return number >= 0 ? std::optional(number) : std::nullopt;
    case Transform::Kind::clamp:
      return number >= transform.first && number <= transform.second ? std::optional(number) : std::nullopt;
    default:
      return std::nullopt;
  }
}

struct Bits {
  std::uint64_t mask = ~std::uint64_t{0};
  unsigned shift = 0;
  std::size_t taken = 0;  // transforms at the front of the chain that cut these bits out
};

Bits leading_bits(std::span<const Transform> chain) {
  Bits bits;
  for (const Transform& transform : chain) {
    if (transform.kind == Transform::Kind::shift) {
      bits.shift += static_cast<unsigned>(std::min<std::uint64_t>(transform.bits, 64));
      bits.mask = transform.bits > 63 ? 0 : bits.mask >> transform.bits;
    } else if (transform.kind == Transform::Kind::bitmask) {
      bits.mask &= transform.bits;
    } else {
      break;
    }
    ++bits.taken;
  }
  return bits;
}

bool put_number(const Field& field, double number, std::byte* at) {
  const std::span<const Transform> chain = field.transforms;
  const Bits bits = leading_bits(chain);
  if (field.direction) number = std::abs(number);
  if (!field.scales.empty()) number /= field.scales.front().factor;
  for (std::size_t index = chain.size(); index > bits.taken; --index) {
    const auto before = undone(chain[index - 1], number);
    if (!before) return false;
    number = *before;
  }
  number = std::nearbyint(number);
  const Load load = load_of(field);
  const RawRange range = range_of(load);
  if (bits.taken == 0) {
    if (number < static_cast<double>(range.least) || number > static_cast<double>(range.greatest)) return false;
    store_raw(load, to_bits(number), at);
    return true;
  }
  // Bits beside the field's own belong to others.
  if (number < 0 || number >= 9.2e18 || bits.shift > 63) return false;
  const std::uint64_t own = to_bits(number);
  if ((own & ~bits.mask) != 0 || (own << bits.shift) >> bits.shift != own) return false;
  const std::uint64_t others = load_raw(load, at) & ~(bits.mask << bits.shift);
  store_raw(load, others | own << bits.shift, at);
  const std::uint64_t kept = load_raw(load, at) >> bits.shift & bits.mask;
  return kept == own;
}

bool put_float(const Field& field, double number, std::byte* at) {
  for (const Transform& transform : field.transforms) number /= transform.first;
  const auto value = static_cast<float>(number);
  if (!std::isfinite(value)) return false;
  store_raw(load_of(field), std::bit_cast<std::uint32_t>(value), at);
  return true;
}

bool put_text(const Field& field, const Simulated& value, std::byte* at) {
  const auto* text = std::get_if<std::string>(&value);
  const auto size = static_cast<std::size_t>(field.size);
  if (text == nullptr || text->size() > size) return false;
  const bool printable =
      std::all_of(text->begin(), text->end(), [](char letter) { return letter >= ' ' && letter <= '~'; });
  if (!printable) return false;
  for (std::size_t index = 0; index < size; ++index) {
    const std::size_t to = field.swapped_text ? std::min(index ^ 1, size - 1) : index;
    at[to] = index < text->size() ? static_cast<std::byte>((*text)[index]) : std::byte{0};
  }
  return true;
}

bool put_serial(const Field& field, const Simulated& value, std::byte* at) {
  std::optional<std::uint64_t> number;
  if (const auto* text = std::get_if<std::string>(&value)) {
    number = parse_digits(*text);
  } else if (const auto* real = std::get_if<double>(&value); real != nullptr && *real >= 0 && is_integral(*real)) {
    number = static_cast<std::uint64_t>(*real);
  }
  if (number) store_raw(load_of(field), *number, at);
  return number.has_value();
}

bool put_version(const Field& field, const Simulated& value, std::byte* at) {
  Simulated digits = value;
  const double per_unit = kPowersOfTen[static_cast<std::size_t>(2 * (field.version_parts - 1))];
  if (auto* text = std::get_if<std::string>(&digits); text != nullptr && field.version_parts == 3) {
    if (const std::size_t point = text->rfind('.'); point != std::string::npos) text->erase(point, 1);
  }
  const auto number = number_in(digits);
  if (!number || *number < 0 || *number > 4294967295.0 / per_unit) return false;
  store_raw(load_of(field), to_bits(std::nearbyint(*number * per_unit)), at);
  return true;
}

bool put_ipv4(const Simulated& value, std::byte* at) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return false;
  std::string_view rest = *text;
  std::array<std::byte, 4> parts{};
  for (std::size_t index = 0; index < parts.size(); ++index) {
    const std::size_t dot = rest.find('.');
    const auto number = parse_digits(rest.substr(0, dot));
    if (!number || *number > 255 || (dot == std::string_view::npos) != (index == 3)) return false;
    parts[index ^ 1] = static_cast<std::byte>(*number);
    rest.remove_prefix(index == 3 ? 0 : dot + 1);
  }
  std::copy(parts.begin(), parts.end(), at);
  return true;
}

// "2026-06-25 16:23:26"
bool put_clock(const Simulated& value, std::byte* at) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || text->size() != kClockLength || !text->starts_with("20")) return false;
  std::array<std::byte, 6> parts{};
  for (std::size_t index = 0; index < parts.size(); ++index) {
    const auto number = parse_digits(std::string_view(*text).substr(2 + 3 * index, 2));
    if (!number) return false;
    parts[index] = static_cast<std::byte>(*number);
  }
  std::array<char, kClockLength> written{};
  if (write_clock(parts.data(), written.data()) == nullptr) return false;
  std::copy(parts.begin(), parts.end(), at);
  return true;
}

bool put(const Field& field, const Simulated& value, std::byte* at) {
  std::optional<double> number;
  switch (field.type) {
    case Type::text:
      return put_text(field, value, at);
    case Type::serial:
      return put_serial(field, value, at);
    case Type::version:
      return put_version(field, value, at);
    case Type::ipv4:
      return put_ipv4(value, at);
    case Type::clock:
      return put_clock(value, at);
    case Type::enumeration:
      number = code_in(field, value);
      break;
    case Type::boolean:
      number = switch_code_in(field, value);
      break;
    default:
      number = number_in(value);
  }
  if (!number) return false;
  return field.type == Type::f32 ? put_float(field, *number, at) : put_number(field, *number, at);
}

}  // namespace

bool Decoder::encode(std::size_t slot, const Simulated& value, std::span<std::byte> data) const {
  if (slot >= plan_->slots.size() || plan_->slots[slot].field->is_derived()) return false;
  int base = 0;
  const Slot& target = plan_->slots[slot];
  if (target.group != nullptr && !target.group->after.empty()) {
    Row row = make_row();
    decode(data, 0, row);
    const auto index = static_cast<std::size_t>(target.group - plan_->block.groups.data());
    base = base_of(*plan_, plan_->groups[index], row.group_counts);
  }
  const std::int64_t at = std::int64_t{target.offset} + base;
  if (base < 0 || at < 0 || at + target.field->size > static_cast<std::int64_t>(data.size())) return false;
  return put(*target.field, value, data.data() + at);
}

}  // namespace bluetti::schemas
