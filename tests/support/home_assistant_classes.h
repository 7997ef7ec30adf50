// SPDX-License-Identifier: MIT
// Home Assistant's device classes of sensors and binary sensors, as of 2024.11: what later versions added is left out.
#pragma once

#include <string_view>
#include <vector>

namespace bluetti::test_support {

struct SensorClass {
  std::string_view name;
  std::vector<std::string_view> units;          // empty: must have none
  std::vector<std::string_view> state_classes;  // empty: must have none
  bool unit_optional = false;
};

[[nodiscard]] const SensorClass* find_sensor_class(std::string_view name);
[[nodiscard]] bool is_binary_sensor_class(std::string_view name);

// A sensor of this class has words or dates, not numbers.
[[nodiscard]] inline bool is_numeric(const SensorClass& sensor_class) {
  return !sensor_class.units.empty();
}

}  // namespace bluetti::test_support
