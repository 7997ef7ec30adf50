// SPDX-License-Identifier: MIT
// Whose turn it is: stations that have something due come from the line of times into the line of their session, where
// the account's budget decides when the next one may ask. The loop's thread only.
#pragma once

#include <functional>
#include <queue>
#include <string_view>
#include <vector>

#include "gateway/base/station_handle.h"
#include "gateway/base/time.h"
#include "gateway/fleet/fleet.h"

namespace bluetti::gateway {

class Turns {
 public:
  // All must outlive this.
  Turns(Fleet& fleet, Accounts& accounts, Bridge& bridge, const Outside& outside)
      : fleet_(fleet), accounts_(accounts), bridge_(bridge), outside_(outside) {}

  // Members have come or gone, or are of another model: times are looked at again.
  void reset(TimePoint now);

  // Something happened to it: time-outs, a place in a line, or the time of its next turn.
  void serve(Member& member, TimePoint now);

  void serve_due(TimePoint now);  // those whose time has come
  void ask(TimePoint now);        // those whose turn has come
  [[nodiscard]] TimePoint next_action();

 private:
  struct Due {
    TimePoint at;
    StationHandle station;
    friend bool operator>(const Due& a, const Due& b) { return a.at > b.at; }
  };

  // nullptr: another entry counts by now, or it is gone.
  [[nodiscard]] Member* due_member(const Due& due) const;
  void ask(Account& account, TimePoint now);
  static void ask_over_lan(Member& member, TimePoint now);

  Fleet& fleet_;
  Accounts& accounts_;
  Bridge& bridge_;
  const Outside& outside_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<Due> serving_;  // of one call: each once, so that none can hold up the others for ever
};

}  // namespace bluetti::gateway
