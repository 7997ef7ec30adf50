// SPDX-License-Identifier: MIT
// The process's memory holds passwords and a private key. Call once, first of all.
#pragma once

namespace bluetti::gateway {

// From here on a crash leaves no core dump, and other processes of the same user can neither trace this one nor read
// its memory. Builds with a sanitizer are left open: LeakSanitizer traces its own process.
void keep_memory_private();

}  // namespace bluetti::gateway
