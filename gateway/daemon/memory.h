// SPDX-License-Identifier: MIT
// Keeps the process as small as its work. Linux with glibc.
#pragma once

namespace bluetti::gateway {

// Gives back what was freed, and the pages of code and constants that are mapped because something was run once: those
// that are needed again come back from the page cache.
void give_back_memory();

}  // namespace bluetti::gateway
