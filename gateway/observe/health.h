// SPDX-License-Identifier: MIT
// Whether values flow: when each part of their way last moved, and what that means. Plain values and pure functions.
// Times are those of the steady clock, which all processes of a machine share, so that one can judge another.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/time.h"

namespace bluetti::gateway {

struct LocalHealth {
  bool connected = false;
  TimePoint since;                               // connected, or not, since then
  std::optional<TimePoint> unsteady_since = {};  // from then on no connection has lasted
  std::optional<TimePoint> last_publish;         // handed to the MQTT library
  std::optional<TimePoint> owes_since;           // values have waited for room from then on
  std::size_t undelivered = 0;                   // topics whose last message the broker did not take
  std::optional<TimePoint> undelivered_since = {};
};

struct AccountHealth {
  std::string id;
  std::size_t stations = 0;
  bool connected = false;
  TimePoint since;
  std::optional<TimePoint> last_message;         // from any of its stations: an answer or a push
  std::optional<TimePoint> unsteady_since = {};  // from then on no session has lasted
  std::size_t fruitless = 0;                     // stations that answer, but give no values
};

// Stations that are read on the local network now.
struct LanHealth {
  std::size_t stations = 0;
  std::size_t fruitless = 0;                 // that answer, but give no values
  std::size_t others = 0;                    // in whose place another one answers
  std::size_t silent = 0;                    // that should have answered long since, and never have
  TimePoint since = {};                      // there are some from then on
  std::optional<TimePoint> last_value = {};  // from any of them
};

// Where several gateways share the stations.
struct SharedHealth {
  std::size_t unasked = 0;         // stations that no gateway asks
  std::optional<TimePoint> since;  // there are some from then on
};

// A file or whatever else takes every change. Its troubles are counted, and no reason to restart.
struct SinkHealth {
  std::string name;
  std::uint64_t written = 0;  // changes
  std::uint64_t dropped = 0;
  std::uint64_t failed = 0;
  std::string problem;  // why it failed last; empty: it works
};

struct Health {
  TimePoint seen;         // the loop's last look
  bool is_set_up = true;  // there is a station to read
  LocalHealth local;
  SharedHealth shared = {};
  LanHealth lan = {};
  std::vector<AccountHealth> accounts;
  std::vector<SinkHealth> sinks = {};
};

// How long each part may stand still.
struct HealthLimits {
  std::chrono::seconds loop{10};
  std::chrono::seconds local{60};
  // Longer than the longest wait before a session is tried again. 0: the stations' side does not count.
  std::chrono::seconds cloud{900};
  bool only_alive = false;  // nothing counts but the loop
};

// What is wrong, for a person; nothing if all is well.
[[nodiscard]] std::vector<std::string> problems_of(const Health& health, TimePoint now, const HealthLimits& limits);

[[nodiscard]] std::string health_to_json(const Health& health);
// A message for a person if it is not what health_to_json() writes.
[[nodiscard]] std::variant<Health, std::string> health_from_json(std::string_view text);

}  // namespace bluetti::gateway
