// SPDX-License-Identifier: MIT
// The words for time: the steady clock that everything is scheduled by, and the time of day, which is only for dates.
#pragma once

#include <chrono>

namespace bluetti::gateway {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;
using WallTime = std::chrono::system_clock::time_point;

}  // namespace bluetti::gateway
