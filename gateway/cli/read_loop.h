// SPDX-License-Identifier: MIT
// The event loop of `scan`, `raw` and `listen`: one thread, one queue, until what is waited for is there or a signal
// ends it. On a terminal, standard error says what is waited for. Construct it before any other thread starts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/event_queue.h"
#include "gateway/client/reader.h"
#include "gateway/daemon/signals.h"

namespace bluetti::gateway::cli {

class ReadLoop {
 public:
  ReadLoop();

  [[nodiscard]] EventSink sink() {
    return [this](Event event) { queue_.push(std::move(event)); };
  }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] int signal() const { return signal_; }  // 0: none came

  // True: `done` said so, or the time is over. False: a signal came, or the reader has lost its way.
  bool run(read::Reader& reader, TimePoint until, const std::function<bool()>& done);

  // Nothing: it ended before, see run().
  std::optional<ReadOutcome> read(read::Reader& reader, const RegisterRange& range);

  // Forgets what a reader before has left behind.
  void drain();

  // What is waited for from here on, and the end of it.
  void waits_for(std::string what, int attempts = 1);
  void clear_progress();

 private:
  void show_progress(const read::Reader& reader);

  EventQueue queue_;
  SteadyClock clock_;
  Signals signals_;
  std::vector<Event> events_;
  int signal_ = 0;
  bool on_terminal_;
  std::string waited_for_;
  int attempts_ = 1;
  std::string shown_;
};

}  // namespace bluetti::gateway::cli
