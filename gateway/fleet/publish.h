// SPDX-License-Identifier: MIT
// What a station's reaction means for the local side and for sinks. The loop's thread only.
#pragma once

#include <bluetti/sink.h>

#include "gateway/fleet/member.h"
#include "gateway/local/bridge.h"

namespace bluetti::gateway {

// The same instant by both clocks.
struct Moment {
  WallTime wall;
  TimePoint now;
};

// The values come before `online`: who waits for the one finds the other. `sinks` get every change, also one that a
// dead-band keeps from the local broker; nullptr: there are none.
void publish(Bridge& bridge, Sinks* sinks, Member& member, const Reaction& reaction, const Moment& at);

}  // namespace bluetti::gateway
