// SPDX-License-Identifier: MIT
// Which registers of a block may be read at once over Modbus TCP. A station does not answer a read that touches a
// register it does not serve, so a run never reaches over registers that no row describes, and one that stays
// unanswered or is refused is read value by value from then on; a value that is refused even so is left out in this
// session. What was learned is kept for as long as the station is. No bytes, no times. The loop's thread only.
#pragma once

#include <cstddef>
#include <vector>

#include "schemas/schema.h"

namespace bluetti::gateway {

class Runs {
 public:
  static constexpr int kSilencesUntilNarrowed = 2;  // in a row: single answers get lost now and then

  Runs(const schemas::Block& block, const schemas::LanPlan& lan);

  struct Run {
    int first = 0;  // registers, counted from the start of the block
    int count = 0;
    bool is_single = false;  // one value
    bool is_left_out = false;
    int silent = 0;  // times in a row that it was not answered
  };

  // The next one that is to be read, from `index` on; size(): there is none.
  [[nodiscard]] std::size_t next(std::size_t index) const;
  [[nodiscard]] const Run& at(std::size_t index) const { return runs_[index]; }
  [[nodiscard]] std::size_t size() const { return runs_.size(); }
  [[nodiscard]] bool has_any() const { return next(0) < size(); }

  void answered(std::size_t index) { runs_[index].silent = 0; }
  // Returns where to go on: at the first of the values it now consists of, or behind it.
  std::size_t refused(std::size_t index);
  // Returns where to go on, in any case behind it.
  std::size_t unanswered(std::size_t index);
  void begin_session();

 private:
  struct Value {
    int first = 0;
    int count = 0;
  };

  std::size_t narrow(std::size_t index);  // how many values it consists of

  std::vector<Value> values_;  // by register
  std::vector<Run> runs_;
};

}  // namespace bluetti::gateway
