// SPDX-License-Identifier: MIT
// One entity for all problems of a station, and one that fires when one comes or goes. Private to this folder.
#pragma once

#include <vector>

#include "discovery/component.h"

namespace bluetti::discovery {

// Nothing where none of these can tell of a problem.
void add_problem(const std::vector<Entity>& entities, const Scope& scope, const Language& language,
                 std::string_view device_name, Draft& draft);

}  // namespace bluetti::discovery
