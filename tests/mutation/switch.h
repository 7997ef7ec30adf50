// SPDX-License-Identifier: MIT
// Of a copy with many mutants compiled in at once (scripts/mutate-random): which of them is on.
#pragma once

#include <cstdlib>

inline bool mutant(int number) {
  static const int on = [] {
    const char* wanted = std::getenv("MUTANT");
    return wanted != nullptr ? std::atoi(wanted) : 0;
  }();
  return on == number;
}
