// SPDX-License-Identifier: MIT
#include "gateway/stop_signals.h"

#include <csignal>
#include <cstdlib>
#include <utility>

namespace bluetti::gateway {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

StopSignals::StopSignals(EventSink sink) {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread{[this, signals, sink = std::move(sink)] {
    int signal = 0;
    for (bool asked = false; sigwait(&signals, &signal) == 0 && !over_; asked = true) {
      if (asked) std::_Exit(128 + signal);
      sink(StopRequested{signal});
    }
  }};
}

StopSignals::~StopSignals() {
  over_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

}  // namespace bluetti::gateway
