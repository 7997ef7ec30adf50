// SPDX-License-Identifier: MIT
// The energies of one block: counters of the station, which are guarded, and those that are summed up here from a
// power. Which they are follows from the schema: what Home Assistant gets as `total_increasing`. Both outlive a run by
// what the state file keeps of them. No clock; nothing is allocated once it is made. The loop's thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gateway/station/energy_counter.h"
#include "schemas/decoder.h"
#include "schemas/integral.h"

namespace bluetti::gateway {

// By slot id, in the slot's unit. What else is kept of a counter has the id and a suffix behind it.
using EnergyReadings = std::map<std::string, double, std::less<>>;

// What somebody who reads the log should know of a counter.
struct CounterNotice {
  enum class What : std::uint8_t { held, cycle_begun };
  std::size_t block = 0;  // of the station; not known here
  std::size_t slot = 0;
  What what = What::held;
};

class BlockEnergies {
 public:
  explicit BlockEnergies(const schemas::Decoder& decoder);

  // Goes over a row that was just decoded, from what was read then: puts what was believed before in the place of a
  // counter that cannot be right, and the sums into theirs. After a longer time than `longest_gap` since the reading
  // before, a sum goes on as if there had been no power in between. Adds notices, of a counter that is held the first
  // time only.
  void review(schemas::Row& row, TimePoint at, Duration longest_gap, std::vector<CounterNotice>& notices);
  // Nothing is summed up or doubted: another look at the same row would leave all as it is.
  [[nodiscard]] bool is_settled() const;

  // The station was away: the time until its next reading adds nothing to the sums.
  void interrupt();

  void restore(const EnergyReadings& readings, const schemas::Decoder& decoder);
  // True if one of them is not what was there. `shared`: by slot, whether blocks of other ways publish it too, which
  // need not count from the same start; nullptr: there is one way only.
  bool keep(EnergyReadings& readings, const schemas::Decoder& decoder, const std::vector<bool>* shared) const;
  // Another way has kept these, and was last heard then: its sums go on, and what is shown of its counters.
  void take_over(const EnergyReadings& readings, const schemas::Decoder& decoder, TimePoint at);

 private:
  struct Counter {
    std::size_t slot;
    double per_kwh;  // 1 or 1000
    EnergyCounter guard;
    bool told = false;  // that it is held
  };
  struct Sum {
    schemas::Summation row;
    schemas::Integral integral;
    TimePoint last = TimePoint::min();  // TimePoint::min(): no reading to go on from
  };
  static void review(Counter& counter, schemas::Value& value, TimePoint at, std::vector<CounterNotice>& notices);
  static void restore(Counter& counter, const EnergyReadings& readings, const std::string& id, schemas::Way way);
  void restore_sums(const EnergyReadings& readings, const schemas::Decoder& decoder);
  [[nodiscard]] static bool keep(const Counter& counter, EnergyReadings& readings, const std::string& id);
  static void add(Sum& sum, const schemas::Row& row, TimePoint at, Duration longest_gap);

  std::vector<Counter> counters_;
  std::vector<Sum> sums_;
};

}  // namespace bluetti::gateway
