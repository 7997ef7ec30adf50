// SPDX-License-Identifier: MIT
#include "schemas/raw.h"

#include <algorithm>
#include <limits>

namespace bluetti::schemas {
namespace {

template <typename T>
RawRange range_of_type() {
  return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

Type number_type(const Field& field) {
  switch (field.type) {
    case Type::boolean:
    case Type::enumeration:
      return field.base;
    case Type::bitmap:
      return field.size == 1 ? Type::u8 : field.size == 2 ? Type::u16 : field.size == 4 ? Type::u32 : Type::u64;
    case Type::serial:
      return Type::u64;
    case Type::version:
    case Type::f32:
      return Type::u32;
    default:
      return field.type;
  }
}

void store_u16(std::uint64_t value, std::byte* at) {
  at[0] = static_cast<std::byte>(value >> 8 & 0xff);
  at[1] = static_cast<std::byte>(value & 0xff);
}

}  // namespace

Load load_of(const Field& field) {
  const bool low = field.order == Order::low_register_first;
  switch (number_type(field)) {
    case Type::u8:
      return Load::u8;
    case Type::s8:
      return Load::s8;
    case Type::u16:
      return Load::u16;
    case Type::s16:
      return Load::s16;
    case Type::u32:
      return low ? Load::u32_low : Load::u32_high;
    case Type::s32:
      return low ? Load::s32_low : Load::s32_high;
    case Type::u64:
      return low ? Load::u64_low : Load::u64_high;
    default:
      return Load::none;
  }
}

std::optional<Gather> gather_of(Load load, unsigned shift, std::uint64_t mask) {
  const RawRange range = range_of(load);
  const bool is_signed = range.least < 0;
  const auto width =
      static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(range.greatest))) + (is_signed ? 1 : 0);
  if (width == 0 || width > 32 || shift >= width) return std::nullopt;
  const std::uint64_t all = ~std::uint64_t{0};
  const std::uint64_t within = all >> (64 - width + shift);
  if (is_signed && mask != all && (mask & ~within) != 0) return std::nullopt;
  const bool low_first = load == Load::u32_low || load == Load::s32_low;
  Gather gather;
  gather.turn = static_cast<std::uint8_t>(((low_first ? 16 : 0) + shift) % 32);
  gather.mask = static_cast<std::uint32_t>(mask & within);
  if (is_signed && mask == all) gather.sign = static_cast<std::uint32_t>(within ^ within >> 1);
  gather.less = gather.sign;
  return gather;
}

void Gather::place(int offset, int size) {
  from = std::max(offset + size - kWindow, 0);
  turn = static_cast<std::uint8_t>((turn + 8 * (from + kWindow - offset - size)) % 32);
}

void store_raw(Load load, std::uint64_t value, std::byte* at) {
  switch (load) {
    case Load::none:
      return;
    case Load::u8:
    case Load::s8:
      at[0] = static_cast<std::byte>(value & 0xff);
      return;
    case Load::u16:
    case Load::s16:
      return store_u16(value, at);
    case Load::u32_low:
    case Load::s32_low:
      store_u16(value, at);
      return store_u16(value >> 16, at + 2);
    case Load::u32_high:
    case Load::s32_high:
      store_u16(value >> 16, at);
      return store_u16(value, at + 2);
    case Load::u64_low:
      store_raw(Load::u32_low, value, at);
      return store_raw(Load::u32_low, value >> 32, at + 4);
    case Load::u64_high:
      store_raw(Load::u32_high, value >> 32, at);
      return store_raw(Load::u32_high, value, at + 4);
  }
}

RawRange range_of(Load load) {
  switch (load) {
    case Load::none:
      return {};
    case Load::u8:
      return range_of_type<std::uint8_t>();
    case Load::s8:
      return range_of_type<std::int8_t>();
    case Load::u16:
      return range_of_type<std::uint16_t>();
    case Load::s16:
      return range_of_type<std::int16_t>();
    case Load::u32_low:
    case Load::u32_high:
      return range_of_type<std::uint32_t>();
    case Load::s32_low:
    case Load::s32_high:
      return range_of_type<std::int32_t>();
    case Load::u64_low:
    case Load::u64_high:
      return {0, std::numeric_limits<std::int64_t>::max()};
  }
  return {};
}

}  // namespace bluetti::schemas
