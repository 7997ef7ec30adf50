// SPDX-License-Identifier: MIT
// What happens to connections, and what that means for the stations: the sessions of the accounts and the local broker
// come and go. Says so in the log and on the gateway's own topics. The loop's thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/event.h"
#include "gateway/fleet/accounts.h"
#include "gateway/fleet/fleet.h"
#include "gateway/fleet/ownership.h"
#include "gateway/fleet/turns.h"
#include "gateway/local/bridge.h"
#include "gateway/observe/link_troubles.h"

namespace bluetti::gateway {

class Links {
 public:
  // All must outlive this.
  Links(Accounts& accounts, Fleet& fleet, Turns& turns, Ownership& ownership, Bridge& bridge)
      : accounts_(accounts), fleet_(fleet), turns_(turns), ownership_(ownership), bridge_(bridge) {}

  // The link of a new connection to the local broker: events of the one before are not taken any more.
  [[nodiscard]] Link next_local();

  void on(const Connected& connected, TimePoint now);
  void on(const ConnectFailed& failed, TimePoint now);
  void on(const ConnectionLost& lost, TimePoint now);
  void on(const SubscriptionRefused& refused, TimePoint now);
  void on(const NotDelivered& failed, TimePoint now);
  void on(const Confirmed& confirmed, TimePoint now);
  void on(const MessageTooLarge& message, TimePoint now);
  void on(const AccessReady& ready, TimePoint now);
  void on(const AccessFailed& failed, TimePoint now);
  // That a station's connection on the local network has come about, or has ended.
  void on_lan(const LanNews& news, TimePoint now);

  // Once a minute, and when something has changed.
  void report(TimePoint now);
  void tick(TimePoint now);
  [[nodiscard]] TimePoint next_action() const { return reported_ + kReport; }

  [[nodiscard]] bool any_failed() const { return any_failed_; }
  // What connections could not do although they are up.
  [[nodiscard]] LinkTroubles& troubles() { return troubles_; }
  [[nodiscard]] const LinkTroubles& troubles() const { return troubles_; }

 private:
  [[nodiscard]] std::vector<StationStatus> station_status() const;
  static constexpr std::chrono::minutes kReport{1};

  void down(Link link, std::string_view what, const std::string& reason, ConnectionEnd ending, TimePoint now);
  struct LocalEnd {
    std::string_view what;
    std::string_view reason;
    const Place& at;
    bool refused = false;
    bool taken_over = false;
  };
  void local_down(const LocalEnd& end, TimePoint now);
  [[nodiscard]] std::string name_of(const Place& at) const;
  // "local", "cloud home"; empty: it was replaced.
  [[nodiscard]] std::string name_of(Link link) const;

  Accounts& accounts_;
  Fleet& fleet_;
  Turns& turns_;
  Ownership& ownership_;
  Bridge& bridge_;
  LinkTroubles troubles_;
  Link local_ = kLocal;
  Place local_at_;
  TimePoint reported_ = TimePoint::min();
  bool any_failed_ = false;
};

}  // namespace bluetti::gateway
