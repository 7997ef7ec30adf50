// SPDX-License-Identifier: MIT
#include "gateway/simulator/station_writes.h"

#include <algorithm>
#include <utility>

#include "protocol/big_endian.h"
#include "schemas/setting.h"

namespace bluetti::gateway::simulator {

std::vector<WritableRegisters> writable_registers(const schemas::Model& model, const schemas::Catalog& catalog,
                                                  schemas::Way way) {
  std::vector<WritableRegisters> writable;
  if (model.settings.empty()) return writable;
  const schemas::SettingsOfModel settings(catalog, model, way);
  for (const schemas::Setting& setting : settings.all()) {
    const schemas::Setting::Facts& facts = setting.facts();
    writable.push_back({.unit = facts.modbus_unit, .first_register = facts.first_register, .count = facts.registers});
  }
  return writable;
}

std::span<const std::byte> StationWrites::answer(const protocol::ReceivedWrite& write, double time, StationImage& image,
                                                 std::span<std::byte> out) {
  if (faults_.ignores) return {};
  if (faults_.exception) return protocol::encode_exception(write.unit, write.function, *faults_.exception, out);
  if (!is_writable(write, image)) {
    return protocol::encode_exception(write.unit, write.function, protocol::kIllegalDataAddress, out);
  }
  if (++tries_ % std::max(faults_.takes_try, 1) == 0) take(write, time, image);
  advance_to(time, image);
  if (faults_.disconnects) {
    disconnect_ = true;
    return {};
  }
  return protocol::encode_write_echo({.unit = write.unit,
                                      .function = write.function,
                                      .first_register = faults_.echo_register.value_or(write.first_register),
                                      .values = write.values()},
                                     out);
}

void StationWrites::advance_to(double time, StationImage& image) {
  // In the order of their times: a value that goes back does so after it came.
  std::ranges::stable_sort(planned_, {}, &Change::due);
  const auto first_later = std::ranges::find_if(planned_, [time](const Change& change) { return change.due > time; });
  for (auto change = planned_.begin(); change != first_later; ++change) {
    const auto stretch = image.find(change->unit, change->address);
    if (!stretch) continue;
    const std::size_t index = change->address - image.stretches()[*stretch].first_register;
    protocol::put_word(image.bytes(*stretch), 2 * index, change->value);
  }
  planned_.erase(planned_.begin(), first_later);
}

bool StationWrites::take_disconnect() {
  return std::exchange(disconnect_, false);
}

bool StationWrites::is_writable(const protocol::ReceivedWrite& write, const StationImage& image) const {
  const std::uint32_t last = std::uint32_t{write.first_register} + write.count - 1;
  if (!image.find(write.unit, write.first_register)) return false;
  return std::ranges::any_of(writable_, [&](const WritableRegisters& registers) {
    return registers.unit == write.unit && write.first_register >= registers.first_register &&
           last < std::uint32_t{registers.first_register} + registers.count;
  });
}

void StationWrites::take(const protocol::ReceivedWrite& write, double time, const StationImage& image) {
  for (std::uint16_t i = 0; i < write.count; ++i) {
    plan(write, static_cast<std::uint16_t>(write.first_register + i), write.values()[i], time, image);
  }
  if (faults_.also) plan(write, faults_.also->address, faults_.also->value, time, image);
}

void StationWrites::plan(const protocol::ReceivedWrite& write, std::uint16_t address, std::uint16_t value, double time,
                         const StationImage& image) {
  const auto stretch = image.find(write.unit, address);
  if (!stretch) return;
  const double due = time + faults_.settle;
  planned_.push_back({.due = due, .unit = write.unit, .address = address, .value = value});
  if (!faults_.reverts_after) return;
  const std::uint16_t before = protocol::word_at(image.read(*stretch, address, 1), 0);
  planned_.push_back({.due = due + *faults_.reverts_after, .unit = write.unit, .address = address, .value = before});
}

}  // namespace bluetti::gateway::simulator
