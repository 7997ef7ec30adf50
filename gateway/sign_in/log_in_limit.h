// SPDX-License-Identifier: MIT
// How often e-mail and password may be sent: the vendor locks accounts that try too often. Wall time, because it must
// hold over restarts. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "gateway/state/state.h"

namespace bluetti::gateway {

// Forgets what is older than an hour. Log-ins of the future, left by a clock that was set back, become log-ins of now:
// they hold the gate for an hour at most, and do not open it.
[[nodiscard]] std::vector<WallTime> log_ins_of_last_hour(std::vector<WallTime> log_ins, WallTime now);

// When the next one may be; nothing: now. `log_ins`: of the last hour.
[[nodiscard]] std::optional<WallTime> next_log_in(std::vector<WallTime> log_ins);

}  // namespace bluetti::gateway
