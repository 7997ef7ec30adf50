// SPDX-License-Identifier: MIT
// Says what a connection could not do although it is up: topics that the broker refuses, messages that it does not
// take, messages that were too large or too many to be taken in. Each once, or at most once a minute, and counted from
// then on. The loop's thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "gateway/base/event.h"

namespace bluetti::gateway {

class LinkTroubles {
 public:
  static constexpr std::chrono::minutes kApart{1};  // between two lines about a flood

  struct Counts {
    std::uint64_t refused_topics = 0;
    std::uint64_t not_delivered = 0;  // messages that the broker did not take
    std::uint64_t too_large = 0;      // messages that came and were not taken in
    std::uint64_t dropped = 0;        // messages that came faster than they could be handled
  };

  // `link`: "local", or "cloud home".
  void on(std::string_view link, const SubscriptionRefused& refused);
  void on(std::string_view link, const NotDelivered& failed);
  void on(std::string_view link, const MessageTooLarge& message);

  // `dropped`: EventQueue::dropped(). Call it whenever the loop turns.
  void dropped(std::uint64_t dropped, TimePoint now);

  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  [[nodiscard]] bool is_new(std::string_view kind, std::string_view link, const std::string& topic);

  std::set<std::string, std::less<>> said_;
  Counts counts_;
  std::uint64_t dropped_said_ = 0;
  TimePoint say_dropped_at_ = TimePoint::min();
};

}  // namespace bluetti::gateway
