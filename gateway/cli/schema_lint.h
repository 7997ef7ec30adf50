// SPDX-License-Identifier: MIT
// What the loader takes and a person should look at: fields that no read reaches, codes that cannot occur, values that
// the simulator cannot make.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "schemas/catalog.h"

namespace bluetti::gateway::cli {

// Warnings about what comes from these files (Location::file), in the order of their places.
[[nodiscard]] std::vector<schemas::Problem> lint(const schemas::Catalog& catalog, const std::set<std::string>& files);

}  // namespace bluetti::gateway::cli
