// SPDX-License-Identifier: MIT
#include "gateway/station/runs.h"

#include <algorithm>

namespace bluetti::gateway {
namespace {

class Collector {
 public:
  Collector(const schemas::Block& block, const schemas::LanPlan& lan) : block_(block), lan_(lan) {}

  // A row by its place in bytes; rows that share registers are one value.
  template <typename Value>
  void add(int offset, int size, std::vector<Value>& values) const {
    const int first = offset / 2;
    const int address = block_.id + first;
    const auto is_it = [address](std::uint16_t unserved) { return unserved == address; };
    if (size == 0 || std::ranges::any_of(lan_.unserved, is_it)) return;
    values.push_back({first, (offset + size + 1) / 2 - first});
  }

 private:
  const schemas::Block& block_;
  const schemas::LanPlan& lan_;
};

}  // namespace

Runs::Runs(const schemas::Block& block, const schemas::LanPlan& lan) {
  const Collector collector(block, lan);
  for (const schemas::Field& field : block.fields) {
    const int size = field.size + std::max(field.count - 1, 0) * field.stride;
    collector.add(field.offset, field.is_derived() ? 0 : size, values_);
  }
  for (const schemas::Group& group : block.groups) {
    for (int item = 0; item < group.max; ++item) {
      for (const schemas::Field& field : group.fields) {
        const int offset = group.offset + item * group.stride + field.offset;
        collector.add(offset, field.is_derived() ? 0 : field.size, values_);
      }
    }
  }
  std::ranges::sort(values_, {}, &Value::first);
  const auto is_same = [](const Value& a, const Value& b) { return a.first == b.first; };
  values_.erase(std::unique(values_.begin(), values_.end(), is_same), values_.end());
  for (const Value& value : values_) {
    Run* const last = runs_.empty() ? nullptr : &runs_.back();
    if (last && value.first == last->first + last->count && last->count + value.count <= lan.longest_read) {
      last->count += value.count;
      last->is_single = false;
    } else {
      runs_.push_back({.first = value.first, .count = value.count, .is_single = true});
    }
  }
}

std::size_t Runs::next(std::size_t index) const {
  while (index < runs_.size() && runs_[index].is_left_out) ++index;
  return index;
}

std::size_t Runs::narrow(std::size_t index) {
  const Run run = runs_[index];
  std::vector<Run> singles;
  for (const Value& value : values_) {
    if (value.first < run.first || value.first >= run.first + run.count) continue;
    singles.push_back({.first = value.first, .count = value.count, .is_single = true});
  }
  const auto place = runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(index));
  runs_.insert(place, singles.begin(), singles.end());
  return singles.size();
}

std::size_t Runs::refused(std::size_t index) {
  if (!runs_[index].is_single) {
    (void)narrow(index);
    return index;
  }
  runs_[index].is_left_out = true;
  return index + 1;
}

std::size_t Runs::unanswered(std::size_t index) {
  Run& run = runs_[index];
  if (++run.silent < kSilencesUntilNarrowed) return index + 1;
  run.silent = 0;
  if (!run.is_single) return index + narrow(index);
  run.is_left_out = true;
  return index + 1;
}

void Runs::begin_session() {
  for (Run& run : runs_) {
    run.is_left_out = false;
    run.silent = 0;
  }
}

}  // namespace bluetti::gateway
