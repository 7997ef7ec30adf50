// SPDX-License-Identifier: MIT
// SIGINT and SIGTERM as StopRequested events. They are blocked in every thread and waited for in one, so that no code
// ever runs inside a signal handler. Construct it before any other thread starts.
#pragma once

#include <atomic>
#include <thread>

#include "gateway/paho_client.h"

namespace bluetti::gateway {

class StopSignals {
 public:
  explicit StopSignals(EventSink sink);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

 private:
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

}  // namespace bluetti::gateway
