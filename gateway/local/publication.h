// SPDX-License-Identifier: MIT
// What the local broker is to know of one station: availability, values, all of them as JSON, Home Assistant documents,
// and which of it is still to be sent. Belongs to the station's member of the fleet; the bridge knows it from its
// making to its end. The loop's thread only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/station_handle.h"
#include "gateway/base/time.h"
#include "gateway/local/freshness.h"
#include "gateway/local/problems.h"
#include "gateway/station/station.h"
#include "schemas/setting.h"

namespace bluetti::gateway {

class Bridge;

// By what a station is known on the local side.
struct StationName {
  StationHandle handle;
  std::string id;    // [a-z0-9_]+, its place in topics
  std::string name;  // shown to people
  std::string serial;
  std::string area;  // where Home Assistant first puts its device; empty: nowhere
};

// When which of its documents is sent: see Documents.
struct DocumentPlan {
  std::size_t content = 0;  // hash of what was sent; 0: nothing
  TimePoint at = TimePoint::min();
  TimePoint due = TimePoint::max();
  TimePoint complete_by = TimePoint::max();  // of a first document
  bool is_cut = false;                       // to what is enabled, for a broker that does not take the whole
};

class Publication {
 public:
  // Bridge and station must outlive this; the station may be replaced by another description of it in its place.
  Publication(Bridge& bridge, StationName name, const Station& station, bool is_ours);
  Publication(const Publication&) = delete;
  Publication& operator=(const Publication&) = delete;
  ~Publication();

  [[nodiscard]] const StationName& name() const { return name_; }
  [[nodiscard]] const Station& station() const { return station_; }
  void rename(StationName name) { name_ = std::move(name); }

  // Every topic that may hold a retained message, without its root.
  [[nodiscard]] std::vector<std::string> paths(bool with_json_state) const;
  [[nodiscard]] std::size_t values() const;  // how many, about

  DocumentPlan documents;
  std::vector<const schemas::Setting*> settings;  // that may be changed; they belong to the station's control

  Problems problems;
  Freshness freshness;

  // What is still to be sent.
  bool documents_pending = false;
  bool values_pending = false;
  bool only_fresh = false;  // of the values: what is old is left out, so that it can expire
  [[nodiscard]] bool is_pending() const { return documents_pending || values_pending; }

  bool is_ours;  // false: another gateway of the group publishes it

 private:
  Bridge& bridge_;
  StationName name_;
  const Station& station_;
};

}  // namespace bluetti::gateway
