// SPDX-License-Identifier: MIT
// What a station's reaction means for the local side. The loop's thread only.
#pragma once

#include "gateway/fleet/member.h"
#include "gateway/local/bridge.h"

namespace bluetti::gateway {

// The values come before `online`: who waits for the one finds the other.
void publish(Bridge& bridge, Member& member, const Reaction& reaction, TimePoint now);

}  // namespace bluetti::gateway
