// SPDX-License-Identifier: MIT
// Politeness towards the cloud: how many requests an account may send in a minute, how many it does send, and whose
// turn it is when not all may. Times come in, nothing is sent. The loop's thread only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_set>

#include "gateway/base/station_handle.h"
#include "gateway/base/time.h"

namespace bluetti::gateway {

// A token bucket, made so that no minute, wherever it begins, holds more requests than the budget: what may go at once
// is taken off the steady rate.
class RequestBudget {
 public:
  explicit RequestBudget(int per_minute);

  // True if a request may go now; then it counts as sent.
  bool take(TimePoint now);
  // When the next request may go; `now` if one may at once.
  [[nodiscard]] TimePoint next(TimePoint now) const;

  [[nodiscard]] int per_minute() const { return per_minute_; }
  [[nodiscard]] int measured(TimePoint now) const;  // requests of the last 60 seconds, to the second

 private:
  static constexpr std::size_t kSeconds = 60;
  struct Second {
    std::int64_t number = -1;  // of the clock
    int requests = 0;
  };

  int per_minute_;
  Duration spacing_;     // of steady requests
  Duration head_start_;  // how far ahead of the steady rate a burst may run
  TimePoint steady_{};   // when the next request would be due at the steady rate
  std::array<Second, kSeconds> seconds_{};
};

// Who wants to send. There are two lines, first come, first served: one for polls, and one for what somebody waits for.
// They take turns, and nobody stands twice in the same one, so nobody starves.
class TurnQueue {
 public:
  void join(StationHandle station, bool is_awaited);  // no effect on one that is in that line already
  // The one that has waited longest in the line whose turn it is leaves; empty: nobody waits.
  std::optional<StationHandle> take();
  [[nodiscard]] bool empty() const { return polls_.stations.empty() && awaited_.stations.empty(); }
  void clear();

 private:
  struct Line {
    std::deque<StationHandle> stations;
    std::unordered_set<StationHandle> members;
  };

  Line polls_;
  Line awaited_;
  bool polls_are_next_ = false;
};

}  // namespace bluetti::gateway
