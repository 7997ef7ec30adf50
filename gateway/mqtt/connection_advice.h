// SPDX-License-Identifier: MIT
// What a person can do about a failed connection, where the reason tells.
#pragma once

#include <string_view>

namespace bluetti::gateway {

// Begins with "; " and goes on the reason's line; empty: nobody knows.
[[nodiscard]] std::string_view connection_advice(std::string_view reason);

}  // namespace bluetti::gateway
