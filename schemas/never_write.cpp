// SPDX-License-Identifier: MIT
#include "schemas/never_write.h"

#include <algorithm>
#include <array>

namespace bluetti::schemas {
namespace {

struct Forbidden {
  std::uint32_t first;
  std::uint32_t last;
  std::string_view reason;
};

// Most of it with its reasons from thierrycoopman/battery-ha, tests/test_control_danger_ranges.py; the rest from
// mikemccllstr/voltkeeper and nlimper/hassio-bluetti-bt. Addresses of both generations are refused on both.
constexpr auto kForbidden = std::to_array<Forbidden>({
    {7, 7, "the Bluetooth password: locks the owner out"},
    {700, 720, "firmware update: can make the station unusable"},
    {2006, 2006, "control event: clears the lifetime energy"},
    {2013, 2013, "system power: only a button on the station brings it back"},
    {2200, 2203, "the installer's password"},
    {2206, 2206, "factory reset"},
    {2209, 2210, "voltage and frequency: change the settings of grid protection"},
    {2217, 2217, "switch of export and grid code: unproven, and the grid's safety depends on it"},
    {2218, 2218, "region: changes the settings of grid protection"},
    {2227, 2229, "switch of export and grid code: unproven, and the grid's safety depends on it"},
    {2230, 2230, "inverter address: cuts off communication"},
    {2231, 2232, "switch of export and grid code: unproven, and the grid's safety depends on it"},
    {2233, 2233, "battery aging run: a deep discharge"},
    {2258, 2265, "grid protection: people on the line depend on it"},
    {2400, 2440, "grid protection and certification: people on the line depend on it"},
    {3004, 3004, "split phase: cuts off communication or the loads"},
    {3005, 3005, "machine role or Modbus address: cuts off communication"},
    {3060, 3060, "power off: only a button on the station brings it back"},
    {3062, 3062, "factory reset"},
    {3079, 3079, "output voltage: can damage the loads"},
    {5003, 5003, "unknown, and named as dangerous"},
    {5017, 5017, "unknown, and named as dangerous"},
    {7000, 7000, "pack selector: disturbs what other clients read"},
    {11500, 11500, "Wi-Fi and cloud link: cuts off communication"},
    {12002, 13639, "Wi-Fi and cloud link: cuts off communication, and holds passwords"},
    {26000, 29769, "table of timed writes: could write any other register later"},
    {30901, 30901, "factory test"},
    {40001, 40001, "starts a self-test of the grid protection"},
    {40044, 40044, "grid protection and certification: people on the line depend on it"},
    {40181, 40204, "grid protection and certification: people on the line depend on it"},
    {57030, 57053, "targets and limits of the grid side over Modbus TCP: unproven"},
    {57503, 57513, "targets and limits of the grid side over Modbus TCP: unproven"},
});

}  // namespace

std::string_view never_written(std::uint32_t address) {
  const auto found = std::ranges::find_if(
      kForbidden, [address](const Forbidden& range) { return address >= range.first && address <= range.last; });
  return found == kForbidden.end() ? std::string_view() : found->reason;
}

}  // namespace bluetti::schemas
