// SPDX-License-Identifier: MIT
// Wishes for settings, from the local broker to the station that they are for, and their results back: to the topics,
// to who asked, to the audit. The loop's thread only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/control/audit.h"
#include "gateway/fleet/fleet.h"
#include "gateway/fleet/turns.h"
#include "gateway/local/request_json.h"

namespace bluetti::gateway {

class Controls {
 public:
  // All must outlive this.
  Controls(Fleet& fleet, Turns& turns, Bridge& bridge, const Clock& clock);

  void reconfigure();

  // From <base>/<station>/<path>/set.
  void accept(const SetWish& wish, TimePoint now);
  // From <base>/<station>/control/undo.
  void undo(const UndoWish& wish, TimePoint now);
  // From <base>/bridge/request; all results go into one answer.
  void accept(const read::ControlRequest& request, TimePoint now);
  void refuse(const read::WrongRequest& request);
  // From the page or its interface: the results are to be fetched, with the number as their id.
  void accept(const SettingWanted& wanted, TimePoint now);
  [[nodiscard]] std::vector<ControlResult> take_page_results() { return std::exchange(page_results_, {}); }

  // Sends what came of the wishes since the last call.
  void report();

 private:
  // The results of one request, until all are there.
  struct Collected {
    std::string station;
    std::size_t expected = 0;
    std::vector<ControlResult> results;
  };

  void report(const ControlResult& result);
  void collect(const ControlResult& result);

  Fleet& fleet_;
  Turns& turns_;
  Bridge& bridge_;
  const Clock& clock_;
  Audit audit_;
  std::vector<ControlResult> page_results_;
  std::map<std::string, Collected, std::less<>> collected_;  // by id
};

}  // namespace bluetti::gateway
