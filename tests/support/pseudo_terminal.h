// SPDX-License-Identifier: MIT
// Whether this machine gives out pseudo-terminals: a bare chroot without /dev/pts does not.
#pragma once

#include <pty.h>
#include <unistd.h>

namespace bluetti::test {

[[nodiscard]] inline bool has_pseudo_terminals() {
  int outer = -1;
  int inner = -1;
  if (openpty(&outer, &inner, nullptr, nullptr, nullptr) != 0) return false;
  close(outer);
  close(inner);
  return true;
}

inline constexpr const char* kNoPseudoTerminal = "this machine gives out no pseudo-terminals: /dev/pts is not mounted";

}  // namespace bluetti::test
