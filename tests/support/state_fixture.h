// SPDX-License-Identifier: MIT
// A state with something in every place.
#pragma once

#include <string>

#include "gateway/state/state.h"

namespace bluetti::test {

[[nodiscard]] gateway::State full_state();

// Everything that a state says, as one text: equal states have equal ones.
[[nodiscard]] std::string content_of(const gateway::State& state);

}  // namespace bluetti::test
