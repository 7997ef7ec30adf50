// SPDX-License-Identifier: MIT
// Which of a block's values a station has, as far as is known.
#pragma once

#include <cstddef>

#include "gateway/station/station.h"

namespace bluetti::gateway {

// The station has this value, or is thought to have it as long as it was not asked.
[[nodiscard]] bool is_known(const BlockState& block, std::size_t slot);

// Items beyond a group's count are absent for good; items within it may be absent for now.
[[nodiscard]] bool is_beyond_count(const BlockState& block, const schemas::Slot& slot);

}  // namespace bluetti::gateway
