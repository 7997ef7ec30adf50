// SPDX-License-Identifier: MIT
// `run --once`: how long one round may take, and what came of it. The loop's thread only.
#pragma once

#include "gateway/base/time.h"
#include "gateway/config/config.h"

namespace bluetti::gateway {

class Gateway;

// Long enough to connect, and for every read of every station to time out once: whoever has not answered by then does
// not answer.
[[nodiscard]] Duration longest_round(const Config& config);

// Says in the log which stations did not answer, or not in full, and whether their values were not taken. True: nothing
// is missing.
[[nodiscard]] bool report_round(const Gateway& gateway);

}  // namespace bluetti::gateway
