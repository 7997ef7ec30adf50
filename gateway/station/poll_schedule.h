// SPDX-License-Identifier: MIT
// When to read which block of one station. Holds times only; whoever asks does the reading. The loop's thread only.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class PollSchedule {
 public:
  static constexpr int kMostDoublings = 5;                    // of an interval that is backed off: 32 times
  static constexpr std::chrono::minutes kLongestBackOff{10};  // unless the interval is longer itself
  static constexpr std::chrono::seconds kShortestBoost{1};

  // Blocks are named by their index, in the order they are added; of two that are due alike the earlier goes first.
  // Zero: it never becomes due.
  void add(Duration interval);

  // Everything is due at once, also what had been stopped: a new session begins. The second reads of slow blocks then
  // come early, each by its own share of the interval, so that they do not all fall together ever after.
  void restart(TimePoint now);

  // The block that has been due longest, if any is.
  [[nodiscard]] std::optional<std::size_t> due(TimePoint now) const;
  [[nodiscard]] TimePoint next() const;  // TimePoint::max(): nothing will become due
  [[nodiscard]] Duration interval(std::size_t block) const { return entries_[block].interval; }
  [[nodiscard]] bool is_polled(std::size_t block) const { return entries_[block].interval > Duration::zero(); }
  [[nodiscard]] Duration shortest_interval() const;  // Duration::max(): no block is polled

  // A read that began then was answered, before it is done(). What it was late by, because others had to be asked
  // first, belongs to its real interval.
  void answered(std::size_t block, TimePoint began);
  [[nodiscard]] Duration real_interval(std::size_t block) const {
    return entries_[block].interval + entries_[block].late;
  }
  // It was just read, or its values came without being asked for.
  void done(std::size_t block, TimePoint now);
  // It was read in vain: its interval counts doubled so many times until it is done.
  void back_off(std::size_t block, int doublings, TimePoint now);
  void retry(std::size_t block, TimePoint at);  // earlier than its interval says
  void stop(std::size_t block);                 // until the next restart

  // Until then, blocks with a longer interval are read at this one. Not those that are backed off or stopped.
  void boost(Duration interval, TimePoint until);

 private:
  struct Entry {
    Duration interval;
    TimePoint due;
    TimePoint last{};  // when it was done; the epoch: not since the restart
    Duration late{};   // how long the last read that was answered had waited for its turn
    bool backed_off = false;
  };

  [[nodiscard]] TimePoint after(TimePoint base, Duration interval) const;
  [[nodiscard]] Duration head_start(std::size_t block) const;

  std::vector<Entry> entries_;
  Duration boost_interval_{};
  TimePoint boost_until_{};
};

}  // namespace bluetti::gateway
