// SPDX-License-Identifier: MIT
// The process's memory holds passwords and a private key. Call once, first of all.
#pragma once

#include <string>

namespace bluetti::gateway {

// From here on a crash leaves no core dump, and other processes of the same user can neither trace this one nor read
// its memory. Builds with a sanitizer are left open: LeakSanitizer traces its own process.
void keep_memory_private();

// For containers that start as root because only root may read their options, as Home Assistant's Apps do. If this is
// root and BLUETTI_GATEWAY_RUN_AS names a user and group by their numbers, "10001:10001": the configuration
// (BLUETTI_GATEWAY_CONFIG) and the state folder (STATE_DIRECTORY) with its files become that user's, and so does this
// process, for good: no root, no other groups, no way back. Links are not followed. What went wrong; empty: nothing.
// Call before any thread starts.
[[nodiscard]] std::string give_up_root();

}  // namespace bluetti::gateway
