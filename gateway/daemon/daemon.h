// SPDX-License-Identifier: MIT
// The process: one life of the gateway after the other, each with its connections, files and loop, until a signal ends
// it. What must outlast a restart is kept here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "gateway/daemon/restart_limit.h"
#include "gateway/daemon/signals.h"
#include "gateway/daemon/start.h"
#include "gateway/state/state.h"

namespace bluetti::gateway {

struct DaemonOptions {
  std::filesystem::path config = "gateway.toml";
  bool once = false;                     // one poll of everything, publish, exit
  std::optional<std::string> log_level;  // over the file's
};

enum class Ending : std::uint8_t {
  done,
  incomplete,   // with `once`: not every station answered in full
  unreachable,  // with `once`: a broker
  interrupted,  // with `once`: by a signal, before the round was complete
};

struct KeptOverRestarts {
  Signals signals;
  RestartLimit restarts;
  State state;  // what the last life left, where no file keeps it: the log-ins of the last hour still count
};

class Daemon {
 public:
  // Construct it before any thread starts: signals are blocked in every thread from here on.
  explicit Daemon(DaemonOptions options) : options_(std::move(options)) {}

  // Returns when the process shall end. Logging must have been started.
  Ending run(Start start);
  [[nodiscard]] int stop_signal() const { return kept_.signals.stop_signal(); }  // 0: none came

 private:
  const DaemonOptions options_;
  KeptOverRestarts kept_;
};

}  // namespace bluetti::gateway
