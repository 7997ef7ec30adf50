// SPDX-License-Identifier: MIT
// What the gateway knows at one moment, for those who look at it. Plain values, made by the loop's thread, immutable
// from then on and so of use to any thread. Stations of which nothing changed are shared with the snapshot before.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/observe/health.h"
#include "gateway/observe/latency.h"
#include "gateway/observe/link_troubles.h"
#include "gateway/station/station.h"
#include "schemas/decoder.h"

namespace bluetti::gateway::http {

struct BlockView {
  std::shared_ptr<const schemas::Decoder> decoder;
  schemas::Row row;   // what the station does not have is missing; what it has no value for now is absent
  TimePoint updated;  // the last answer or push; a push may have brought only some of it
  std::vector<TimePoint> read_at = {};   // by slot; empty: all are of `updated`
  Duration old_after = Duration::max();  // the age at which a value has grown old; or never

  [[nodiscard]] TimePoint time_of(std::size_t slot) const { return read_at.empty() ? updated : read_at[slot]; }
  [[nodiscard]] bool is_old(std::size_t slot, TimePoint now) const {
    return row.values[slot].present() && now - time_of(slot) >= old_after;
  }
};

// A setting that may be changed now.
struct SettingView {
  std::string path;
  std::string title;
  std::string kind;  // "number", "boolean", "option" or "time_slot"
  std::string unit;
  std::string value;  // in the form of its topic; empty: not known
  std::optional<double> min;
  std::optional<double> max;
  std::optional<double> step;
  std::vector<std::string> options;
};

struct StationView {
  std::string id;
  std::string name;
  std::string model;  // empty: not known yet
  std::string serial;
  std::string account;        // empty: it is read over the local network alone
  std::string way = "cloud";  // that is in use, or "lan"
  bool online = false;
  bool is_ours = true;  // false: another gateway of the group reads it
  std::vector<BlockView> blocks;
  std::vector<SettingView> settings;
  Counters counters;
  std::size_t queued = 0;  // transactions that wait
};
using StationPointer = std::shared_ptr<const StationView>;

struct AccountView {
  std::string id;
  bool connected = false;
  bool given_up = false;  // not tried again before the configuration changes
  std::size_t stations = 0;
  int requests_per_minute = 0;
  int request_budget = 0;  // per minute
  std::optional<WallTime> last_answer;
  std::optional<WallTime> certificate_expires;
  std::string problem;
};

struct LocalView {
  std::string broker;
  bool connected = false;
  std::uint64_t published = 0;
  std::size_t undelivered = 0;  // topics
};

struct Snapshot {
  TimePoint at;
  WallTime wall;
  std::vector<StationPointer> stations;
  std::vector<AccountView> accounts;
  LocalView local;
  std::vector<std::string> problems;  // as `bluetti-gateway health` tells them; none: all is well
  LinkTroubles::Counts troubles;
  std::vector<SinkHealth> sinks;
  LatencyHistogram frame_to_publish;

  [[nodiscard]] WallTime wall_of(TimePoint time) const {
    return wall - std::chrono::duration_cast<WallTime::duration>(at - time);
  }
};
using SnapshotPointer = std::shared_ptr<const Snapshot>;

}  // namespace bluetti::gateway::http
