// SPDX-License-Identifier: MIT
// The files of assets/, as CMake put them into the binary.
#pragma once

#include <span>
#include <string_view>

#include "schemas/catalog.h"

namespace bluetti::gateway::http {

[[nodiscard]] std::span<const schemas::EmbeddedFile> embedded_files();
[[nodiscard]] std::string_view asset(std::string_view name);  // empty: there is none

}  // namespace bluetti::gateway::http
