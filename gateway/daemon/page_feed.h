// SPDX-License-Identifier: MIT
// Gives those who look at the page what they see: runs the server if one is configured, and makes a snapshot of the
// gateway when one is wanted. Without a server it costs nothing. The loop's thread only.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "gateway/base/clock.h"
#include "gateway/base/event.h"
#include "gateway/config/config.h"
#include "gateway/daemon/gateway.h"
#include "gateway/http/server.h"
#include "gateway/observe/health.h"

namespace bluetti::gateway {

class PageFeed {
 public:
  // The clock must outlive this. `sink` is how the server's thread wakes the loop.
  PageFeed(EventSink sink, const Clock& clock) : sink_(std::move(sink)), clock_(clock) {}

  // Begins to listen, or on another address, or stops to. What cannot be is logged: values flow all the same.
  void serve(const Config& config);
  // Stations may be others now; `listens_elsewhere`: what [http] says changed.
  void reconfigure(const Config& config, bool listens_elsewhere);

  // At each turn of the loop. Returns when to be called again.
  TimePoint turn(Gateway& gateway, const Health& health, TimePoint now);

 private:
  // What a station was like when it was last looked at.
  struct Seen {
    std::uint64_t news = 0;
    http::StationPointer view;
  };

  [[nodiscard]] http::SnapshotPointer make_snapshot(const Gateway& gateway, const Health& health, TimePoint now);
  [[nodiscard]] http::StationPointer view_of(const Member& member);

  EventSink sink_;
  const Clock& clock_;
  std::unique_ptr<http::Server> server_;
  std::unordered_map<StationHandle, Seen> seen_;
};

}  // namespace bluetti::gateway
