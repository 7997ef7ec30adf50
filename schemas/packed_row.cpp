// SPDX-License-Identifier: MIT
#include "schemas/packed_row.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace bluetti::schemas {
namespace {

// The first byte of a value: its kind, its decimals, and a bit that says that the number takes 8 bytes instead of 4, or
// of a boolean that it is true.
constexpr unsigned kKindBits = 4;
constexpr unsigned kKindMask = (1U << kKindBits) - 1;
constexpr unsigned kDecimalsMask = 7;
constexpr unsigned kFlag = 0x80;
constexpr std::size_t kGrain = 16;  // of what is allocated
constexpr std::size_t kOverhead = 8;

bool is_wide(const Value& value) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const bool is_integer = value.kind != ValueKind::real && value.kind != ValueKind::unsigned_integer;
  return !is_integer || value.integer < kLeast || value.integer > kMost;
}

// Counts the bytes, without a place to put them.
class Measure {
 public:
  template <typename T>
  void put(const T&) {
    size_ += sizeof(T);
  }
  void put(const char*, std::size_t size) { size_ += size; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};

class Writer {
 public:
  explicit Writer(std::byte* at) : at_(at) {}

  template <typename T>
  void put(const T& what) {
    put(reinterpret_cast<const char*>(&what), sizeof what);
  }
  void put(const char* bytes, std::size_t size) {
    std::memcpy(at_, bytes, size);
    at_ += size;
  }

 private:
  std::byte* at_;
};

class Reader {
 public:
  explicit Reader(const std::byte* at) : at_(at) {}

  template <typename T>
  [[nodiscard]] T take() {
    T value{};
    take(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  }
  void take(char* bytes, std::size_t size) {
    std::memcpy(bytes, at_, size);
    at_ += size;
  }

 private:
  const std::byte* at_;
};

template <typename Out>
void put(const Row& row, const Value& value, Out& out) {
  const bool is_boolean = value.kind == ValueKind::boolean;
  const bool is_number = value.present() && !is_boolean && value.kind != ValueKind::text;
  const bool flag = is_boolean ? value.integer != 0 : is_number && is_wide(value);
  const unsigned decimals = value.decimals & kDecimalsMask;
  out.put(static_cast<std::uint8_t>(static_cast<unsigned>(value.kind) | decimals << kKindBits | (flag ? kFlag : 0U)));
  if (value.kind == ValueKind::text) {
    out.put(value.text_length);
    out.put(value.text_offset);
    out.put(row.text.data() + value.text_offset, value.text_length);
  }
  if (value.kind == ValueKind::option) out.put(value.option);
  if (is_number && flag) out.put(value.integer);
  if (is_number && !flag) out.put(static_cast<std::int32_t>(value.integer));
}

template <typename Out>
void put(const Row& row, Out& out) {
  for (const int count : row.group_counts) out.put(static_cast<std::int16_t>(count));
  for (const Value& value : row.values) put(row, value, out);
}

void take(Reader& in, Row& row, Value& value) {
  const auto first = in.take<std::uint8_t>();
  const bool flag = (first & kFlag) != 0;
  value = {};
  value.kind = static_cast<ValueKind>(first & kKindMask);
  value.decimals = static_cast<std::uint8_t>(first >> kKindBits & kDecimalsMask);
  if (!value.present()) return;
  if (value.kind == ValueKind::boolean) {
    value.integer = flag ? 1 : 0;
  } else if (value.kind == ValueKind::text) {
    value.text_length = in.take<std::uint16_t>();
    value.text_offset = in.take<std::uint32_t>();
    in.take(row.text.data() + value.text_offset, value.text_length);
  } else {
    if (value.kind == ValueKind::option) value.option = in.take<std::int16_t>();
    value.integer = flag ? in.take<std::int64_t>() : in.take<std::int32_t>();
  }
}

}  // namespace

void PackedRow::pack(const Row& row) {
  Measure measure;
  put(row, measure);
  if (measure.size() > room_ || !bytes_) {
    room_ = static_cast<std::uint32_t>((measure.size() + kOverhead + kGrain - 1) / kGrain * kGrain - kOverhead);
    bytes_ = std::make_unique<std::byte[]>(room_);
  }
  Writer out(bytes_.get());
  put(row, out);
}

void PackedRow::unpack(Row& row) const {
  if (!bytes_) {
    std::ranges::fill(row.values, Value());
    std::ranges::fill(row.group_counts, -1);
    return;
  }
  Reader in(bytes_.get());
  for (int& count : row.group_counts) count = in.take<std::int16_t>();
  for (Value& value : row.values) take(in, row, value);
}

}  // namespace bluetti::schemas
