// SPDX-License-Identifier: MIT
// Which library the program has found when it runs.
#pragma once

#include <bluetti/export.h>

#include <string_view>

namespace bluetti {

// "1.0.0": by semantic versioning, of this interface (docs/api-contract.md).
[[nodiscard]] BLUETTI_API std::string_view library_version() noexcept;

}  // namespace bluetti
