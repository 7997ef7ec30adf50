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

Signals::Signals(EventSink sink) : sink_(std::move(sink)) {
  const sigset_t signals = handled_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread{[this, signals] {
    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && !over_) take(signal);
  }};
}

Signals::~Signals() {
  over_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

void Signals::take(int signal) {
  const std::lock_guard lock(mutex_);
  if (signal == SIGHUP) {
    reload_waits_ = !sink_;
    if (sink_) sink_(ReloadRequested{});
    return;
  }
  if (stop_signal_.exchange(signal) != 0) std::_Exit(128 + signal);
  if (sink_) sink_(StopRequested{signal});
}

void Signals::send_to(EventSink sink) {
  const std::lock_guard lock(mutex_);
  sink_ = std::move(sink);
  if (!sink_) return;
  if (std::exchange(reload_waits_, false)) sink_(ReloadRequested{});
  if (stop_requested()) sink_(StopRequested{stop_signal_});
}

}  // namespace bluetti::gateway
