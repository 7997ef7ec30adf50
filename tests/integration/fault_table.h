// SPDX-License-Identifier: MIT
// One row of the table of faults: what is done, for how long, and what must hold. Run as a test, it prints what was
// measured. docs/faults.md shows the rows with figures.
#pragma once

#include <functional>
#include <ostream>

#include "tests/integration/fault_world.h"

namespace bluetti::test {

struct Fault {
  using Action = std::function<void(FaultWorld&)>;

  const char* name;
  Action inject;
  std::chrono::milliseconds lasts;
  Action lift;
  std::chrono::milliseconds recovery;  // from the end of the fault to the next true value, at most
  std::size_t requests;                // that may reach the station while it lasts
  std::size_t connections = 0;         // that may be tried while it lasts
  const char* says = "";               // what the log must tell
  std::size_t offline = 0;             // how often the station is called offline

  friend void PrintTo(const Fault& fault, std::ostream* to) { *to << fault.name; }
};

[[nodiscard]] inline std::string name_of(const testing::TestParamInfo<Fault>& row) {
  return row.param.name;
}

class FaultTable : public FaultWorld, public testing::WithParamInterface<Fault> {
 protected:
  void run_row();
};

}  // namespace bluetti::test
