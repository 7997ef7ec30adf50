// SPDX-License-Identifier: MIT
// The daemon's heart: events and times come in; requests, topics and log lines go out. It hands each event to the part
// whose business it is, and owns them all. Knows no socket, so that tests step it by hand. The loop's thread only.
#pragma once

#include <memory>
#include <utility>

#include "gateway/base/clock.h"
#include "gateway/base/event.h"
#include "gateway/config/config.h"
#include "gateway/daemon/commands.h"
#include "gateway/fleet/accounts.h"
#include "gateway/fleet/controls.h"
#include "gateway/fleet/fleet.h"
#include "gateway/fleet/inbox.h"
#include "gateway/fleet/links.h"
#include "gateway/fleet/outside.h"
#include "gateway/fleet/ownership.h"
#include "gateway/fleet/requests.h"
#include "gateway/fleet/turns.h"
#include "gateway/local/bridge.h"
#include "gateway/observe/latency.h"
#include "gateway/state/state.h"

namespace bluetti::gateway {

class Gateway {
 public:
  // The clock must outlive the gateway. It measures and tells dates; times to act by are arguments. `seed` is for
  // jitter, `state` what earlier runs have left.
  Gateway(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog, Outside outside,
          State state, const Clock& clock, std::uint64_t seed);

  // Takes over what changed. Connections whose settings are the same stay as they are; others begin again. The
  // configuration's models must be those of the catalogue.
  void reload(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog, TimePoint now);

  // Takes an event in. What it leads to goes out at the next tick(), so that a burst of answers is published before
  // anything new is asked, and leaves in few writes.
  void handle(const Event& event, TimePoint now);

  // Does what is due and returns when it wants to be called again.
  TimePoint tick(TimePoint now);

  // Lets go of what is kept only for a start with its many documents.
  void tidy() { bridge_.forget_kinds(); }

  // Says `offline` and disconnects.
  void stop();

  // For one round only: every station has been asked for everything and the values are on their way; or it cannot be.
  [[nodiscard]] bool round_complete() const;
  [[nodiscard]] bool any_link_failed() const { return links_.any_failed(); }

  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] const Fleet& fleet() const { return fleet_; }
  [[nodiscard]] const Accounts& accounts() const { return accounts_; }
  [[nodiscard]] const Bridge& bridge() const { return bridge_; }
  [[nodiscard]] const Ownership& ownership() const { return ownership_; }
  [[nodiscard]] std::vector<SinkCounters> sinks() const {
    return outside_.sinks ? outside_.sinks->counters() : std::vector<SinkCounters>();
  }
  [[nodiscard]] LinkTroubles& troubles() { return links_.troubles(); }
  [[nodiscard]] const LinkTroubles& troubles() const { return links_.troubles(); }
  [[nodiscard]] Commands& commands() { return commands_; }
  // What became of the settings that were to be changed by SettingWanted, since the last call.
  [[nodiscard]] std::vector<ControlResult> take_page_results() { return controls_.take_page_results(); }

  [[nodiscard]] const LatencyHistogram& latency() const { return latency_; }

  // Counts of what passed and what was dropped, one line a station.
  void log_summary() const;

 private:
  template <typename LinkEvent>
  void on(const LinkEvent& event, TimePoint now) {
    links_.on(event, now);
  }
  void on(const MessageArrived& message, TimePoint now);
  void on(const StopRequested& stop, TimePoint) { commands_.stop(stop.signal); }
  void on(const ReloadRequested&, TimePoint) { commands_.reload(); }
  void on(const StateNotSaved& failed, TimePoint);
  void on(const SettingWanted& wanted, TimePoint now) { controls_.accept(wanted, now); }
  void on(const SetUpDone& done, TimePoint);
  void on(const SnapshotWanted&, TimePoint) {}  // the loop turns, and the page's turn comes
  void on(const LanNews& news, TimePoint now);

  std::shared_ptr<const Config> config_;
  Outside outside_;
  State state_;
  const Clock& clock_;
  Accounts accounts_;
  Bridge bridge_;
  Fleet fleet_;
  Turns turns_;
  Inbox inbox_;
  Ownership ownership_;
  Requests requests_;
  Controls controls_;
  Links links_;
  Commands commands_;
  LatencyHistogram latency_;
  TimePoint energies_kept_ = TimePoint::min();
};

}  // namespace bluetti::gateway
