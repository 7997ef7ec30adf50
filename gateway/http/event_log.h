// SPDX-License-Identifier: MIT
// The newest server-sent events, from which a client that lost its connection goes on by the id of the last one it has
// (https://html.spec.whatwg.org/multipage/server-sent-events.html). Bounded in number and bytes: a client that is
// further behind is told to fetch everything again. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace bluetti::gateway::http {

class EventLog {
 public:
  static constexpr std::size_t kMostEvents = 4096;
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20;

  // `epoch` tells the ids of this run from those of another: letters and digits.
  explicit EventLog(std::string epoch) : epoch_(std::move(epoch)) {}

  // `data`: without line breaks.
  void add(std::string_view kind, std::string_view data);
  void clear();  // nobody listens any more: what comes next does not follow what was

  [[nodiscard]] std::uint64_t last() const { return last_; }  // 0: there was none

  // The event behind this one; empty: there is none yet. `after` moves on. An event that is gone becomes a `reset`, and
  // `after` moves on to the newest.
  [[nodiscard]] std::string next(std::uint64_t& after) const;

  // Where the client with this Last-Event-ID goes on. False: what it has missed is not known; it begins at the newest.
  [[nodiscard]] bool resume(std::string_view last_event_id, std::uint64_t& after) const;

  // What tells a client to fetch everything again; it has the id of the newest event.
  [[nodiscard]] std::string reset() const;

 private:
  [[nodiscard]] std::string id_of(std::uint64_t number) const;

  std::string epoch_;
  std::uint64_t last_ = 0;
  std::deque<std::string> events_;  // the newest, with the number last_, at the back
  std::size_t bytes_ = 0;
};

}  // namespace bluetti::gateway::http
