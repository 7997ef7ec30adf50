// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace bluetti::gateway::cli {

// Version, build and the libraries that are really loaded, for bug reports.
[[nodiscard]] std::string version_text();

}  // namespace bluetti::gateway::cli
