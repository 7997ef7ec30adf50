// SPDX-License-Identifier: MIT
#include "gateway/daemon/signals.h"

#include <csignal>
#include <cstdlib>
#include <utility>

namespace bluetti::gateway {
namespace {

sigset_t handled_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace

Signals::Signals(EventSink sink) {
  const sigset_t signals = handled_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread{[this, signals, sink = std::move(sink)] {
    int signal = 0;
    bool asked_to_stop = false;
    while (sigwait(&signals, &signal) == 0 && !over_) {
      if (signal == SIGHUP) {
        sink(ReloadRequested{});
        continue;
      }
      if (std::exchange(asked_to_stop, true)) std::_Exit(128 + signal);
      sink(StopRequested{signal});
    }
  }};
}

Signals::~Signals() {
  over_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

}  // namespace bluetti::gateway
