// SPDX-License-Identifier: MIT
// What others want the gateway to do: signals, and wishes on the local broker. What concerns the whole process is kept
// for the daemon, which looks after each turn of the loop. The loop's thread only.
#pragma once

#include <utility>

#include "gateway/fleet/controls.h"
#include "gateway/fleet/fleet.h"
#include "gateway/fleet/requests.h"
#include "gateway/fleet/turns.h"
#include "gateway/local/bridge.h"

namespace bluetti::gateway {

class Commands {
 public:
  // All must outlive this.
  Commands(Fleet& fleet, Turns& turns, Requests& requests, Controls& controls)
      : fleet_(fleet), turns_(turns), requests_(requests), controls_(controls) {}

  void stop(int signal) { stop_signal_ = signal; }
  void reload() { reload_requested_ = true; }
  // True: what is published of the gateway itself is another now.
  bool obey(const Wish& wish, TimePoint now);

  [[nodiscard]] int stop_signal() const { return stop_signal_; }  // 0: none
  // True once for each request to read configuration and schemas again.
  [[nodiscard]] bool take_reload_request() { return std::exchange(reload_requested_, false); }
  // True once for each request to start over.
  [[nodiscard]] bool take_restart_request() { return std::exchange(restart_requested_, false); }

 private:
  bool obey(const RestartWish& wish, TimePoint now);
  bool obey(const LogLevelWish& wish, TimePoint now);
  bool obey(const ReadWish& wish, TimePoint now);
  bool obey(const BoostWish& wish, TimePoint now);
  bool obey(const SetWish& wish, TimePoint now);
  bool obey(const UndoWish& wish, TimePoint now);

  Fleet& fleet_;
  Turns& turns_;
  Requests& requests_;
  Controls& controls_;
  bool reload_requested_ = false;
  bool restart_requested_ = false;
  int stop_signal_ = 0;
};

}  // namespace bluetti::gateway
