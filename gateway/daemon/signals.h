// SPDX-License-Identifier: MIT
// SIGINT and SIGTERM as StopRequested events, SIGHUP as ReloadRequested. They are blocked in every thread and waited
// for in one, so that no code ever runs inside a signal handler. A second SIGINT or SIGTERM ends the process at once.
//
// One object for the whole process, not for one life of the gateway: a wish to stop that comes while one life ends and
// the next has not begun holds for the next. Construct it before any other thread starts.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "gateway/base/event.h"

namespace bluetti::gateway {

class Signals {
 public:
  Signals() : Signals(nullptr) {}
  explicit Signals(EventSink sink);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  // Where events go from now on. What came while nobody listened is delivered first, and a wish to stop always: whoever
  // had it before may have ended without acting on it. An empty sink: nobody listens. Any thread.
  void send_to(EventSink sink);
  // Holds from the signal on for good. Any thread.
  [[nodiscard]] bool stop_requested() const { return stop_signal_ != 0; }
  [[nodiscard]] int stop_signal() const { return stop_signal_; }  // 0: none came

 private:
  void take(int signal);

  std::mutex mutex_;
  EventSink sink_;
  std::atomic<int> stop_signal_ = 0;
  bool reload_waits_ = false;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

// Events of the process's signals go to a sink for as long as this lives.
class SignalsTo {
 public:
  SignalsTo(Signals& signals, EventSink sink) : signals_(signals) { signals_.send_to(std::move(sink)); }
  SignalsTo(const SignalsTo&) = delete;
  SignalsTo& operator=(const SignalsTo&) = delete;
  ~SignalsTo() { signals_.send_to(nullptr); }

 private:
  Signals& signals_;
};

}  // namespace bluetti::gateway
