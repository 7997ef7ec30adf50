// SPDX-License-Identifier: MIT
// Counts every allocation of the program that it is linked into, by replacing operator new.
#pragma once

#include <cstddef>

namespace bluetti::test {

[[nodiscard]] std::size_t allocations();  // so far

}  // namespace bluetti::test
