// SPDX-License-Identifier: MIT
// The registers of real stations in tests/data/captures, whose README.md says what the keys mean.
#pragma once

#include <nlohmann/json.hpp>

namespace bluetti::test {

// An array of them all, ordered by file. Throws where one is not JSON.
[[nodiscard]] nlohmann::json captures();

}  // namespace bluetti::test
