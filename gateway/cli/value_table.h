// SPDX-License-Identifier: MIT
// A block's values for people. No secrets, and nothing of which nothing is known.
#pragma once

#include "gateway/cli/table.h"
#include "schemas/decoder.h"

namespace bluetti::gateway::cli {

[[nodiscard]] Table value_table(const schemas::Decoder& decoder, const schemas::Row& row);

}  // namespace bluetti::gateway::cli
