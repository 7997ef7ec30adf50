// SPDX-License-Identifier: MIT
// Time slots as they are wished, "charge 01:00-05:00": their parts are values of their own, and what may be changed is
// the whole. The loop's thread only.
#pragma once

#include <string>
#include <vector>

#include "gateway/local/publication.h"
#include "gateway/station/station.h"

namespace bluetti::gateway {

struct TimeSlotText {
  std::string path;
  std::string text;  // empty: not known any more
};

// Those that have changed with this update; where it names no slot, all of the block that are known.
[[nodiscard]] std::vector<TimeSlotText> time_slots_of(const Publication& publication, const Update& update);

}  // namespace bluetti::gateway
