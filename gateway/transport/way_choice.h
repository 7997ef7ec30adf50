// SPDX-License-Identifier: MIT
// By which of several ways a station is read: the first that answers, the next one after three misses, and back to a
// better one when that has answered again for a while. Times come in, nothing is sent. The loop's thread only.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "gateway/base/time.h"
#include "schemas/schema.h"

namespace bluetti::gateway {

class WayChoice {
 public:
  static constexpr int kMissesUntilNext = 3;
  // A better way is asked at this interval, and has to answer so many times in a row.
  static constexpr std::chrono::seconds kProbeInterval{7};
  static constexpr std::chrono::seconds kProbeTimeout{5};
  static constexpr int kAnswersUntilBack = 3;

  explicit WayChoice(std::vector<schemas::Way> ways) : ways_(std::move(ways)) {}  // the best first

  [[nodiscard]] schemas::Way current() const { return ways_[current_]; }
  [[nodiscard]] const std::vector<schemas::Way>& ways() const { return ways_; }
  [[nodiscard]] bool is_up(schemas::Way way) const { return states_[index(way)].up; }

  void up(schemas::Way way, TimePoint now);
  void down(schemas::Way way);  // also a try to connect that failed: if it is the current way, a miss
  void on_answer() { misses_ = 0, answered_ = true; }  // by the current way
  [[nodiscard]] bool has_answered() const { return answered_; }
  void on_miss() { ++misses_; }                   // a read by the current way
  void give_up() { misses_ = kMissesUntilNext; }  // the current way brings nothing, although it answers

  // The better way that is to be asked now, which counts as asked.
  [[nodiscard]] std::optional<schemas::Way> next_probe(TimePoint now);
  void on_probe_answer(schemas::Way way, TimePoint now);

  // Whether another way is the current one from now on.
  [[nodiscard]] bool tick(TimePoint now);
  [[nodiscard]] TimePoint next_action() const;

 private:
  struct State {
    bool up = false;
    int answers = 0;  // to probes, in a row
    TimePoint probe_at = TimePoint::max();
    TimePoint answer_by = TimePoint::max();  // a probe is under way
  };
  static constexpr std::size_t index(schemas::Way way) { return static_cast<std::size_t>(way); }
  void turn_to(std::size_t way, TimePoint now);

  std::vector<schemas::Way> ways_;
  std::array<State, 2> states_{};  // by way
  std::size_t current_ = 0;
  int misses_ = 0;
  bool answered_ = false;  // the current way, since it is
};

}  // namespace bluetti::gateway
