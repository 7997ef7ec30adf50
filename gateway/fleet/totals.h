// SPDX-License-Identifier: MIT
// Sums over all stations, for those who want one device of all of them. A sum is told only while every station that has
// a part in it is there and says it: half of it would be taken for the whole. The loop's thread only.
#pragma once

#include <vector>

#include "gateway/fleet/fleet.h"
#include "gateway/local/bridge_topics.h"

namespace bluetti::gateway {

// Nothing for one station alone.
[[nodiscard]] std::vector<TotalStatus> totals_of(const Fleet& fleet);

}  // namespace bluetti::gateway
