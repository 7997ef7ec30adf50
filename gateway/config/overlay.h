// SPDX-License-Identifier: MIT
// The environment over the file: BLUETTI_GATEWAY__LOCAL__URL stands for `url` in [local], whatever the file says.
// Tables in arrays are named by their id or their index, BLUETTI_GATEWAY__ACCOUNT__HOME__URL or ..__ACCOUNT__0__URL;
// the index behind the last one makes a new one. The place of what was laid over is the variable. Syntax only: names
// that are no keys are found when the tables are read.
#pragma once

#include <vector>

#include "gateway/config/config.h"
#include "gateway/config/document.h"

namespace bluetti::gateway {

void overlay_environment(Table& document, const Environment& environment, std::vector<schemas::Problem>& problems);

}  // namespace bluetti::gateway
