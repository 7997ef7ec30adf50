// SPDX-License-Identifier: MIT
// What can be read from a station on demand, and what came of it. Plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/retry_policy.h"
#include "gateway/base/time.h"
#include "schemas/schema.h"

namespace bluetti::gateway {

struct RegisterRange {
  std::uint16_t first = 0;
  int count = 0;
  // The block that begins there: it is read as far as the station has it, and cut between its fields. Without it the
  // range is read as it is, or not at all.
  const schemas::Block* block = nullptr;
  schemas::Way way = schemas::Way::cloud;  // of a range without a block
};

// Registers in a row that are shown as zero, for they hold a secret.
struct Hidden {
  std::uint16_t first = 0;
  int count = 0;
  friend bool operator==(const Hidden&, const Hidden&) = default;
};

struct Stretch {
  int first = 0;  // registers
  int count = 0;
};

struct RegisterData {
  std::uint16_t first = 0;
  std::vector<std::byte> data;
  std::vector<std::vector<std::byte>> payloads;  // as they came, one for each read it took
  std::vector<Hidden> hidden;
  // What was read, counted from `first`, if that is not all of it: what lies between is unknown, and shown as zero.
  std::vector<Stretch> read = {};
};

enum class FailureKind : std::uint8_t {
  silent,        // no answer
  refused,       // the station does not have it
  busy,          // asked too often: may be asked again later
  disconnected,  // no session with the cloud
  invalid        // the request itself is wrong
};
[[nodiscard]] std::string_view name_of(FailureKind kind);  // "silent"

struct ReadFailure {
  FailureKind kind = FailureKind::silent;
  std::string reason;             // for a person
  std::chrono::seconds retry{0};  // of `busy`: when to ask again
};

using ReadOutcome = std::variant<RegisterData, ReadFailure>;

// How often to ask, and how long to wait.
struct ReadPolicy {
  RetryPolicy retry;
  Duration answer_timeout = std::chrono::seconds(5);
};

}  // namespace bluetti::gateway
