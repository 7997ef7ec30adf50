// SPDX-License-Identifier: MIT
// What a client is made from, and what can be said with each call. Plain values.
#pragma once

#include <bluetti/retry_policy.h>
#include <bluetti/schema_registry.h>
#include <bluetti/value.h>
#include <bluetti/way.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace bluetti {

// Where callbacks are run: called by the library's thread with what is to be done, which it may do at once or hand on
// to a thread of the application. Must not block.
using Executor = std::function<void(std::function<void()>)>;

// What may be changed at stations. Off unless the application says otherwise.
struct ControlOptions {
  bool enabled = false;
  int per_minute = 6;                      // changes of one station, at most
  std::vector<std::string> consents = {};  // to kinds of settings that can hurt: "outputs", "grid"
};

struct ClientOptions {
  Way way = {};
  std::vector<StationOptions> stations = {};  // may be empty where the way knows its stations
  RetryPolicy retry = {};                     // of reads
  std::chrono::milliseconds answer_timeout{5000};
  SchemaRegistry schemas = {};  // beside the built-in ones
  ControlOptions control = {};
  Executor executor = {};  // empty: callbacks run on the library's thread, and must not block
};

// Of one call. Without anything: the client's only station, its retry policy, no end but that of the attempts.
struct CallOptions {
  std::string station = {};  // serial number; empty: the first of the client's stations
  std::optional<RetryPolicy> retry = {};
  // The call ends then with a transport error, whatever comes of it.
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  std::stop_token cancel = {};  // the same at request_stop(). A change that was sent stays sent
};

enum class OnError : std::uint8_t { stop, go_on };

// A group of blocks: those that came, and why others did not.
struct GroupValues {
  std::vector<BlockValues> blocks;
  std::vector<Error> errors;
};

enum class WriteOutcome : std::uint8_t {
  confirmed,  // read back: the station has it
  refused,    // nothing was changed: not allowed, not possible, or the station said no
  failed,     // the station does not have it, or that is not known
  reverted    // it was confirmed, and went back by itself within a minute
};

struct WriteResult {
  std::string station;
  std::string path;
  std::string wanted;
  WriteOutcome outcome = WriteOutcome::refused;
  std::string reason;                 // empty where there is nothing to add
  std::optional<std::string> before;  // as read before the write
  std::optional<std::string> after;   // as read last
};

}  // namespace bluetti
