// SPDX-License-Identifier: MIT
// SIGINT and SIGTERM as StopRequested events, SIGHUP as ReloadRequested. They are blocked in every thread and waited
// for in one, so that no code ever runs inside a signal handler. A second SIGINT or SIGTERM ends the process at once.
// Construct it before any other thread starts.
#pragma once

#include <atomic>
#include <thread>

#include "gateway/base/event.h"

namespace bluetti::gateway {

class Signals {
 public:
  explicit Signals(EventSink sink);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

 private:
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

}  // namespace bluetti::gateway
