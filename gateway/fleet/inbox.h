// SPDX-License-Identifier: MIT
// From a message of the cloud to the topics of its station: whose it is, of which model that is, what it changed, and
// what is logged of it. The loop's thread only.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/event.h"
#include "gateway/fleet/fleet.h"
#include "gateway/fleet/outside.h"
#include "gateway/fleet/turns.h"

namespace bluetti::gateway {

class Inbox {
 public:
  // A model that was detected, and by which nothing was understood for so long, was a mistake.
  static constexpr std::chrono::minutes kDoubtAfter{1};

  // All must outlive this.
  Inbox(Fleet& fleet, Turns& turns, Bridge& bridge, const Outside& outside, const Clock& clock)
      : fleet_(fleet), turns_(turns), bridge_(bridge), outside_(outside), clock_(clock) {}

  // `from`: the account over whose session it came. Stations of others are not spoken for.
  void on_message(const Account& from, const MessageArrived& message, TimePoint now);

  // From the station itself.
  void on_lan_message(Member& member, std::span<const std::byte> message, TimePoint now);

  // Arrivals of messages whose values are published, since the last call.
  [[nodiscard]] std::vector<TimePoint>& published_arrivals() { return arrivals_; }

 private:
  void identify(Member& member, std::string_view cloud_model, std::string_view payload, TimePoint now);
  void review_identity(Member& member, std::string_view cloud_model, const MessageArrived& message,
                       const std::optional<Drop>& dropped, TimePoint now);
  void check_own_name(Member& member, const Reaction& reaction, TimePoint now);
  static void log(const Member& member, const CounterNotice& notice);
  static void log(Member& member, const Reaction& reaction);
  static void ask_for_report(Member& member);

  Fleet& fleet_;
  Turns& turns_;
  Bridge& bridge_;
  const Outside& outside_;
  const Clock& clock_;
  std::vector<TimePoint> arrivals_;
};

}  // namespace bluetti::gateway
