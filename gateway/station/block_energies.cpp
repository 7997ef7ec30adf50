// SPDX-License-Identifier: MIT
#include "gateway/station/block_energies.h"

#include <cmath>

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
    counters_.push_back({.slot = slot, .per_kwh = field.unit == "Wh" ? 1000.0 : 1.0, .guard = {}});
  }
}

void BlockEnergies::review(schemas::Row& row, TimePoint at, Duration longest_gap) {
  for (Counter& counter : counters_) {
    Value& value = row.values[counter.slot];
    if (value.present()) review(counter, value, at);
  }
  for (Sum& sum : sums_) {
    if (row.values[sum.row.input].kind == ValueKind::missing) continue;
    add(sum, row, at, longest_gap);
    set_number(sum.integral.total(), sum.row.decimals, row.values[sum.row.slot]);
  }
}

void BlockEnergies::review(Counter& counter, Value& value, TimePoint at) {
  if (counter.guard.believes(value.number() / counter.per_kwh, at)) return;
  const double believed = *counter.guard.reading() * counter.per_kwh;
  if (value.kind == ValueKind::real) {
    value.real = believed;
  } else {
    set_number(believed, value.decimals, value);
  }
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
    const auto known = readings.find(decoder.slots()[counter.slot].id);
    if (known != readings.end()) counter.guard.restore(known->second / counter.per_kwh);
  }
  for (Sum& sum : sums_) {
    const auto known = readings.find(decoder.slots()[sum.row.slot].id);
    if (known != readings.end()) sum.integral = schemas::Integral(known->second);
  }
}

bool BlockEnergies::keep(EnergyReadings& readings, const schemas::Decoder& decoder) const {
  bool changed = false;
  for (const Counter& counter : counters_) {
    const auto reading = counter.guard.reading();
    if (reading) changed |= put(readings, decoder.slots()[counter.slot].id, *reading * counter.per_kwh);
  }
  for (const Sum& sum : sums_) {
    if (sum.integral.total() > 0) changed |= put(readings, decoder.slots()[sum.row.slot].id, sum.integral.total());
  }
  return changed;
}

}  // namespace bluetti::gateway
