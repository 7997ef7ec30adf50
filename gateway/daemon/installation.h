// SPDX-License-Identifier: MIT
// What tells this gateway from all others, for the day on which there is no state file to say so: a new one begins with
// the id of the lost one, so that Home Assistant finds the device it knows.
#pragma once

#include <string>

#include "gateway/config/config.h"

namespace bluetti::gateway {

// 16 hexadecimal digits, from the base of the topics, the shard, and which accounts and stations there are. Order does
// not matter, nor does how anything is reached. The serials cannot be read from it.
[[nodiscard]] std::string installation_of(const Config& config);

}  // namespace bluetti::gateway
