// SPDX-License-Identifier: MIT
#include "gateway/station/block_energies.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "discovery/discovery.h"

namespace bluetti::gateway {
namespace {

using schemas::Value;
using schemas::ValueKind;

bool put(EnergyReadings& readings, const std::string& id, double reading) {
  const auto [entry, is_new] = readings.try_emplace(id, reading);
  if (is_new) return true;
  const bool changed = entry->second != reading;
  entry->second = reading;
  return changed;
}

constexpr std::string_view kCycleStart = "/cycle_start";
constexpr std::string_view kFellTo = "/fell_to";
constexpr std::string_view kStartBy = "/start_by_";  // with a way's name: its reading where 0 is shown

std::string suffixed(const std::string& id, std::string_view suffix) {
  return id + std::string(suffix);
}

std::string start_key(const std::string& id, schemas::Way way) {
  return suffixed(id, kStartBy) + std::string(name_of(way));
}

// Nothing to keep: what was kept goes.
bool put(EnergyReadings& readings, const std::string& id, std::optional<double> reading) {
  return reading ? put(readings, id, *reading) : readings.erase(id) != 0;
}

std::optional<double> find(const EnergyReadings& readings, const std::string& id) {
  const auto known = readings.find(id);
  return known == readings.end() ? std::nullopt : std::optional(known->second);
}

void set_number(double number, std::uint8_t decimals, Value& value) {
  value.set_decimal(std::llround(number * schemas::kPowersOfTen[decimals]), decimals);
}

}  // namespace

BlockEnergies::BlockEnergies(const schemas::Decoder& decoder) {
  const auto slots = decoder.slots();
  for (const schemas::Summation& row : decoder.summations())
    sums_.push_back({.row = row, .integral = schemas::Integral()});
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    const schemas::Field& field = *slots[slot].field;
    if (field.is_integral() || discovery::entity_class(field).state_class != "total_increasing") continue;
    counters_.push_back({.slot = slot, .per_kwh = field.unit == "Wh" ? 1000.0 : 1.0, .guard = {}, .told = false});
  }
}

void BlockEnergies::review(schemas::Row& row, TimePoint at, Duration longest_gap, std::vector<CounterNotice>& notices) {
  for (Counter& counter : counters_) {
    Value& value = row.values[counter.slot];
    if (value.present()) review(counter, value, at, notices);
  }
  for (Sum& sum : sums_) {
    if (row.values[sum.row.input].kind == ValueKind::missing) continue;
    add(sum, row, at, longest_gap);
    set_number(sum.integral.total(), sum.row.decimals, row.values[sum.row.slot]);
  }
}

bool BlockEnergies::is_settled() const {
  return sums_.empty() && std::ranges::all_of(counters_, [](const Counter& one) { return one.guard.is_settled(); });
}

void BlockEnergies::review(Counter& counter, Value& value, TimePoint at, std::vector<CounterNotice>& notices) {
  using enum EnergyCounter::Verdict;
  const EnergyCounter::Verdict verdict = counter.guard.judge(value.number() / counter.per_kwh, at);
  if (verdict == held && !std::exchange(counter.told, true)) {
    notices.push_back({.slot = counter.slot, .what = CounterNotice::What::held});
  } else if (verdict == cycle_begun) {
    notices.push_back({.slot = counter.slot, .what = CounterNotice::What::cycle_begun});
  }
  const double shown = *counter.guard.shown() * counter.per_kwh;
  if (shown == value.number()) return;
  if (value.kind == ValueKind::real) {
    value.real = shown;
  } else {
    set_number(shown, value.decimals, value);
  }
}

void BlockEnergies::restore(Counter& counter, const EnergyReadings& readings, const std::string& id, schemas::Way way) {
  const auto in_kwh = [&](std::string_view suffix) -> std::optional<double> {
    const auto known = find(readings, suffixed(id, suffix));
    return known ? std::optional(*known / counter.per_kwh) : std::nullopt;
  };
  const auto reading = in_kwh("");
  if (!reading) return;
  counter.guard.restore(
      {.reading = *reading, .cycle_start = in_kwh(kCycleStart).value_or(0), .fell_to = in_kwh(kFellTo)});
  const schemas::Way other = way == schemas::Way::lan ? schemas::Way::cloud : schemas::Way::lan;
  if (const auto start = find(readings, start_key(id, way))) {
    counter.guard.restore_start(*start / counter.per_kwh);
  } else if (find(readings, start_key(id, other))) {
    counter.guard.take_over(*counter.guard.shown(), TimePoint::min());
  }
}

bool BlockEnergies::keep(const Counter& counter, EnergyReadings& readings, const std::string& id) {
  const auto memory = counter.guard.memory();
  if (!memory) return false;
  const double per_kwh = counter.per_kwh;
  const bool has_cycle = memory->cycle_start != 0;
  bool changed = put(readings, id, memory->reading * per_kwh);
  changed |=
      put(readings, suffixed(id, kCycleStart), has_cycle ? std::optional(memory->cycle_start * per_kwh) : std::nullopt);
  changed |=
      put(readings, suffixed(id, kFellTo), memory->fell_to ? std::optional(*memory->fell_to * per_kwh) : std::nullopt);
  return changed;
}

// A poll in parts shows the same reading several times.
void BlockEnergies::add(Sum& sum, const schemas::Row& row, TimePoint at, Duration longest_gap) {
  const Value& value = row.values[sum.row.input];
  if (!value.present()) {
    sum.last = TimePoint::min();
    return;
  }
  if (at <= sum.last) return;
  const double reading = value.number() * sum.row.factor;
  if (sum.last == TimePoint::min() || at - sum.last > longest_gap) {
    sum.integral.begin(reading);
  } else {
    sum.integral.add(reading, std::chrono::duration<double, std::ratio<3600>>(at - sum.last).count());
  }
  sum.last = at;
}

void BlockEnergies::interrupt() {
  for (Sum& sum : sums_) sum.last = TimePoint::min();
}

void BlockEnergies::restore(const EnergyReadings& readings, const schemas::Decoder& decoder) {
  for (Counter& counter : counters_) {
    restore(counter, readings, decoder.slots()[counter.slot].id, decoder.block().way);
  }
  restore_sums(readings, decoder);
}

void BlockEnergies::restore_sums(const EnergyReadings& readings, const schemas::Decoder& decoder) {
  for (Sum& sum : sums_) {
    if (const auto known = find(readings, decoder.slots()[sum.row.slot].id)) sum.integral = schemas::Integral(*known);
  }
}

bool BlockEnergies::keep(EnergyReadings& readings, const schemas::Decoder& decoder,
                         const std::vector<bool>* shared) const {
  bool changed = false;
  for (const Counter& counter : counters_) {
    const std::string& id = decoder.slots()[counter.slot].id;
    changed |= keep(counter, readings, id);
    const auto start = counter.guard.start();
    if (!shared || !(*shared)[counter.slot] || !start) continue;
    changed |= put(readings, start_key(id, decoder.block().way), *start * counter.per_kwh);
  }
  for (const Sum& sum : sums_) {
    if (sum.integral.total() > 0) changed |= put(readings, decoder.slots()[sum.row.slot].id, sum.integral.total());
  }
  return changed;
}

void BlockEnergies::take_over(const EnergyReadings& readings, const schemas::Decoder& decoder, TimePoint at) {
  for (Counter& counter : counters_) {
    const std::string& id = decoder.slots()[counter.slot].id;
    const auto reading = find(readings, id);
    if (!reading) continue;
    const double cycle_start = find(readings, suffixed(id, kCycleStart)).value_or(0);
    counter.guard.take_over((*reading - cycle_start) / counter.per_kwh, at);
  }
  restore_sums(readings, decoder);
}

}  // namespace bluetti::gateway
