// SPDX-License-Identifier: MIT
// Which values of one station have grown old, and what is to become of them: kept as they are, cleared, or said to be
// unavailable. A value is old when it was not read for as long as Station::old_after() says, and until it is read
// again. Where everything is kept, this costs nothing. No clock: times come in. The loop's thread only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "gateway/station/station.h"

namespace bluetti::gateway {

class Freshness {
 public:
  struct Slot {
    std::size_t block = 0;
    std::size_t slot = 0;
  };

  void use(std::vector<WhenOldWishes> wishes) { wishes_ = std::move(wishes); }
  // The station has other blocks, or the broker holds what somebody else has said: what was not heard since then counts
  // from there, and nothing is old yet.
  void begin(TimePoint since);
  // It goes by another way: what that one has not read yet was read last when the station was heard last.
  void change_way(const Station& station) { begin(std::max(since_, station.last_heard())); }

  // What has grown old, or was read again, since the last review. Due at next(), and after a message while anything is
  // old.
  [[nodiscard]] std::vector<Slot> review(const Station& station, TimePoint now);
  [[nodiscard]] TimePoint next() const { return next_; }  // TimePoint::max(): nothing can grow old
  [[nodiscard]] bool any_old() const { return old_count_ > 0; }

  [[nodiscard]] bool is_cleared(std::size_t block, std::size_t slot) const {
    return is_old(block, slot) && policies_[block][slot] == WhenOld::clear;
  }
  // After a review.
  [[nodiscard]] bool can_be_cleared(std::size_t block, std::size_t slot) const {
    return policies_[block][slot] == WhenOld::clear;
  }
  [[nodiscard]] bool can_be_unavailable(const schemas::Slot& slot) const {
    return policy_of(slot) == WhenOld::unavailable;
  }
  [[nodiscard]] bool any_can_be_unavailable() const { return any_wish(WhenOld::unavailable); }
  // The ids of the values that are unavailable, as JSON: ["soc","pack_1_voltage"].
  [[nodiscard]] std::string unavailable(const Station& station) const;

 private:
  [[nodiscard]] bool any_wish(WhenOld policy) const;
  [[nodiscard]] WhenOld policy_of(const schemas::Slot& slot) const;
  [[nodiscard]] bool is_old(std::size_t block, std::size_t slot) const {
    return old_count_ > 0 && !old_[block].empty() && old_[block][slot];
  }
  void take_policies(const Station& station);

  std::vector<WhenOldWishes> wishes_;           // the weakest first
  std::vector<std::vector<WhenOld>> policies_;  // by block and slot; empty: nothing of the block needs a look
  std::vector<std::vector<bool>> old_;          // likewise
  bool begun_ = false;
  std::size_t old_count_ = 0;
  TimePoint since_{};
  TimePoint next_ = TimePoint::min();
};

}  // namespace bluetti::gateway
