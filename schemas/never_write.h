// SPDX-License-Identifier: MIT
// Registers that nothing may ever write, on no station and by no schema file: what can brick a station, cut off its
// communication, take an owner's password or touch the protection of the grid.
#pragma once

#include <cstdint>
#include <string_view>

namespace bluetti::schemas {

// Why this register is never written; empty: it is not on the list.
[[nodiscard]] std::string_view never_written(std::uint32_t address);

}  // namespace bluetti::schemas
