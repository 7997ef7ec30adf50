// SPDX-License-Identifier: MIT
#include "gateway/transport/way_choice.h"

#include <algorithm>

namespace bluetti::gateway {

void WayChoice::up(schemas::Way way, TimePoint now) {
  states_[index(way)] = {.up = true, .answers = 0, .probe_at = now, .answer_by = TimePoint::max()};
}

void WayChoice::down(schemas::Way way) {
  states_[index(way)] = {};
  if (way == current()) ++misses_;
}

std::optional<schemas::Way> WayChoice::next_probe(TimePoint now) {
  for (std::size_t better = 0; better < current_; ++better) {
    State& state = states_[index(ways_[better])];
    if (!state.up || now < state.probe_at) continue;
    state.probe_at = now + kProbeInterval;
    state.answer_by = now + kProbeTimeout;
    return ways_[better];
  }
  return std::nullopt;
}

void WayChoice::on_probe_answer(schemas::Way way, TimePoint now) {
  State& state = states_[index(way)];
  if (state.answer_by == TimePoint::max() || now > state.answer_by) return;
  state.answer_by = TimePoint::max();
  ++state.answers;
}

// Before the current way has ever answered, its first failure is enough where another one is there.
bool WayChoice::tick(TimePoint now) {
  for (State& state : states_) {
    if (now < state.answer_by || state.answer_by == TimePoint::max()) continue;
    state.answer_by = TimePoint::max();
    state.answers = 0;
  }
  for (std::size_t better = 0; better < current_; ++better) {
    const State& state = states_[index(ways_[better])];
    if (!state.up || state.answers < kAnswersUntilBack) continue;
    turn_to(better, now);
    return true;
  }
  const bool is_lost = misses_ >= kMissesUntilNext || (misses_ > 0 && !answered_ && !is_up(current()));
  if (!is_lost) return false;
  for (std::size_t step = 1; step < ways_.size(); ++step) {
    const std::size_t next = (current_ + step) % ways_.size();
    if (!is_up(ways_[next])) continue;
    turn_to(next, now);
    return true;
  }
  return false;
}

void WayChoice::turn_to(std::size_t way, TimePoint now) {
  current_ = way;
  misses_ = 0;
  answered_ = false;
  for (State& state : states_) state = {.up = state.up, .answers = 0, .probe_at = now + kProbeInterval};
}

TimePoint WayChoice::next_action() const {
  TimePoint next = TimePoint::max();
  for (std::size_t better = 0; better < current_; ++better) {
    const State& state = states_[index(ways_[better])];
    if (state.up) next = std::min({next, state.probe_at, state.answer_by});
  }
  return next;
}

}  // namespace bluetti::gateway
