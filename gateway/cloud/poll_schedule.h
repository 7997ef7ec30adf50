// SPDX-License-Identifier: MIT
// When to read which block of one station. Holds times only; whoever asks does the reading. The loop's thread only.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "gateway/event.h"

namespace bluetti::gateway {

class PollSchedule {
 public:
  // Blocks are named by their index, in the order they are added; of two that are due alike the earlier goes first.
  void add(Duration interval);

  // Everything is due at once, also what had been stopped: a new session begins.
  void restart(TimePoint now);

  // The block that has been due longest, if any is.
  [[nodiscard]] std::optional<std::size_t> due(TimePoint now) const;
  [[nodiscard]] TimePoint next() const;  // TimePoint::max(): nothing will become due

  // It was just read, or its values came without being asked for.
  void done(std::size_t block, TimePoint now);
  void postpone(std::size_t block, TimePoint until);
  void stop(std::size_t block);  // until the next restart

 private:
  struct Entry {
    Duration interval;
    TimePoint due;
  };
  std::vector<Entry> entries_;
};

}  // namespace bluetti::gateway
