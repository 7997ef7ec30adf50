// SPDX-License-Identifier: MIT
// A wish for a setting, and what became of it. Plain values; JSON for the local broker, the audit and the commands.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/reply_to.h"
#include "gateway/base/time.h"

namespace bluetti::gateway {

// What somebody wants a setting to be.
struct ControlWish {
  std::string path;      // below the station: "ac_output", "time_slot/1"
  std::string value;     // in the form of the value's topic
  std::string way;       // how it came: "topic", "request"
  std::string id;        // by which the wisher knows it again; may be empty
  bool dry_run = false;  // everything but writing
  bool probe = false;    // its present value is written first, whatever the evidence
  bool is_undo = false;
  ReplyTo reply_to = {};  // where it is answered too
};

enum class ControlOutcome : std::uint8_t {
  confirmed,  // read back: the station has it
  refused,    // nothing was changed: not allowed, not possible, or the station said no
  failed,     // the station does not have it, or that is not known
  reverted    // it was confirmed, and went back by itself within a minute
};
[[nodiscard]] std::string_view name_of(ControlOutcome outcome);  // "confirmed"

struct ControlResult {
  std::string station;  // its id
  ControlWish wish;
  ControlOutcome outcome = ControlOutcome::refused;
  std::string reason;                 // in words; empty where there is nothing to add
  std::optional<std::string> before;  // as read before the write
  std::optional<std::string> after;   // as read last
  std::string frame;                  // hex of what was, or would be, written
  std::chrono::milliseconds took{0};
};

// {"path","wanted","before","after","outcome","reason","id","took_ms"}, absent ones null; "frame" for a dry run.
[[nodiscard]] std::string to_json(const ControlResult& result);
// One line of the audit: the same with time, station and way.
[[nodiscard]] std::string to_audit_line(const ControlResult& result, WallTime at);

}  // namespace bluetti::gateway
