// SPDX-License-Identifier: MIT
// Retained topics that are to be emptied. They stay in the state until the broker has had time to take them: neither a
// full buffer, a lost connection nor a restart forgets one. The loop's thread only.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class Clears {
 public:
  using Topics = std::set<std::string, std::less<>>;
  // After all were handed over: if the connection lasts so long, the broker has them all.
  static constexpr std::chrono::seconds kTaken{30};

  // Of the state, which must outlive this.
  explicit Clears(Topics& topics) : all_(topics), unsent_(topics) {}

  void add(std::vector<std::string> topics);
  void keep(std::string_view topic);  // it holds something again

  // The next one to hand over; nullptr: there is none.
  [[nodiscard]] const std::string* next() const { return unsent_.empty() ? nullptr : &*unsent_.begin(); }
  void handed_over();  // the next one was

  void on_down();
  void tick(TimePoint now);

  [[nodiscard]] bool any() const { return !all_.empty(); }
  [[nodiscard]] bool any_unsent() const { return !unsent_.empty(); }
  [[nodiscard]] TimePoint next_action() const;
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }

 private:
  Topics& all_;
  Topics unsent_;
  std::optional<TimePoint> handed_over_at_;  // all of them; set by tick()
  bool changed_ = false;
};

}  // namespace bluetti::gateway
