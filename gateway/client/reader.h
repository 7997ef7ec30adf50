// SPDX-License-Identifier: MIT
// A way to the registers of one station, for the commands: through a session of one's own, or through a running
// gateway. One read at a time; events and times come in. One thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/event.h"
#include "gateway/station/registers.h"

namespace bluetti::gateway::read {

class Reader {
 public:
  Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  virtual ~Reader() = default;

  // Not before the outcome of the read before has been taken.
  virtual void read(const RegisterRange& range, TimePoint now) = 0;
  virtual void handle(const Event& event, TimePoint now) = 0;
  virtual TimePoint tick(TimePoint now) = 0;  // returns when it wants to be called again
  virtual void stop() = 0;

  [[nodiscard]] virtual bool ready() const = 0;   // connected
  [[nodiscard]] virtual int attempt() const = 0;  // of the read under way, from 1
  [[nodiscard]] std::optional<ReadOutcome> take_outcome() { return std::exchange(outcome_, std::nullopt); }
  // Registers that came unasked, since the last call.
  [[nodiscard]] std::vector<RegisterData> take_overheard() { return std::exchange(overheard_, {}); }
  // What a person should know meanwhile, since the last call.
  [[nodiscard]] std::vector<std::string> take_news() { return std::exchange(news_, {}); }
  // Why nothing can be read any more; empty: it can.
  [[nodiscard]] const std::string& lost() const { return lost_; }

 protected:
  std::optional<ReadOutcome> outcome_;
  std::vector<RegisterData> overheard_;
  std::vector<std::string> news_;
  std::string lost_;
};

}  // namespace bluetti::gateway::read
