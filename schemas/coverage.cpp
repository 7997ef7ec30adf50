// SPDX-License-Identifier: MIT
#include "schemas/coverage.h"

#include <algorithm>

#include "schemas/layout.h"

namespace bluetti::schemas {
namespace {

using Owners = std::vector<const Slot*>;

// Of the slots that have a value in the data, the indices.
std::vector<std::size_t> slots_with_data(const Decoder& decoder, const Row& row) {
  Row without_data = decoder.make_row();
  decoder.decode({}, 0, without_data);
  std::vector<std::size_t> slots;
  for (std::size_t slot = 0; slot < row.values.size(); ++slot) {
    const bool exists = without_data.values[slot].kind == ValueKind::missing;
    if (exists && row.values[slot].kind != ValueKind::missing) slots.push_back(slot);
  }
  return slots;
}

bool is_beyond_count(const Slot& slot, const Block& block, const Row& row) {
  if (slot.group == nullptr) return false;
  const auto group = static_cast<std::size_t>(slot.group - block.groups.data());
  return slot.item > std::max(row.group_counts[group], slot.group->is_record() ? 1 : 0);
}

// The owners of each byte of the data.
std::vector<Owners> owners_of(const Decoder& decoder, std::span<const std::byte> data, int first) {
  Row row = decoder.make_row();
  decoder.decode(data, first, row);
  std::vector<Owners> owners(data.size());
  for (const std::size_t index : slots_with_data(decoder, row)) {
    const Slot& slot = decoder.slots()[index];
    const auto offset = decoder.offset_of(index, row);
    if (!offset || is_beyond_count(slot, decoder.block(), row)) continue;
    const auto masks = byte_masks(*slot.field);
    for (std::size_t byte = 0; byte < masks.size(); ++byte) {
      const std::size_t place = static_cast<std::size_t>(*offset - first) + byte;
      if (masks[byte] != 0 && place < owners.size()) owners[place].push_back(&slot);
    }
  }
  return owners;
}

class Ranges {
 public:
  Ranges(std::span<const std::byte> data, int first) : data_(data), first_(first) {}

  void add(std::size_t place, const Owners& owners, bool zero) {
    const bool same = !ranges_.empty() && ranges_.back().owners == owners && ranges_.back().zero == zero;
    if (!same) ranges_.push_back({first_ + static_cast<int>(place), data_.subspan(place, 0), owners, zero});
    CoveredRange& range = ranges_.back();
    range.bytes = {range.bytes.data(), range.bytes.size() + 1};
  }

  std::vector<CoveredRange> take() { return std::move(ranges_); }

 private:
  std::span<const std::byte> data_;
  int first_;
  std::vector<CoveredRange> ranges_;
};

}  // namespace

Coverage coverage_of(const Decoder& decoder, std::span<const std::byte> data, int first) {
  const auto owners = owners_of(decoder, data, first);
  const auto is_claimed = [&owners](std::size_t place) { return !owners[place].empty(); };
  const auto is_zero = [&data](std::size_t place) { return data[place] == std::byte{0}; };
  // Registers begin at even offsets, wherever the data does.
  const auto is_other_half_zero = [&](std::size_t place) {
    const std::size_t other = (first + static_cast<int>(place)) % 2 == 0 ? place + 1 : place - 1;
    return other >= data.size() || is_claimed(other) || is_zero(other);
  };

  Coverage coverage;
  Ranges ranges(data, first);
  for (std::size_t place = 0; place < data.size(); ++place) {
    if (is_claimed(place)) {
      ++coverage.claimed;
      ranges.add(place, owners[place], false);
    } else {
      if (!is_zero(place)) ++coverage.unclaimed_not_zero;
      ranges.add(place, {}, is_zero(place) && is_other_half_zero(place));
    }
  }
  coverage.ranges = ranges.take();
  for (CoveredRange& range : coverage.ranges) {
    range.zero = std::ranges::all_of(range.bytes, [](std::byte byte) { return byte == std::byte{0}; });
  }
  return coverage;
}

}  // namespace bluetti::schemas
