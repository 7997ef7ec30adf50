// SPDX-License-Identifier: MIT
// Simulated days are counted in seconds.
#pragma once

namespace bluetti::gateway::simulator {

inline constexpr double kHour = 3600;

}  // namespace bluetti::gateway::simulator
