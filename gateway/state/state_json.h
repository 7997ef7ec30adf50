// SPDX-License-Identifier: MIT
// State as a JSON document, and back. Pure. Times are whole seconds since 1970, UTC; lists of texts are written once
// and named by their place in "texts". A key that is missing keeps its default, one that is not known is passed over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/state/state.h"

namespace bluetti::gateway {

inline constexpr const char* kStateFormat = "bluetti-gateway state";
inline constexpr std::uint64_t kStateVersion = 1;

// Holds the tokens in clear: it must go nowhere but into a file that only its owner can read.
[[nodiscard]] std::string state_to_json(const State& state);

// The state, or what is wrong with the document, without any of its content.
[[nodiscard]] std::variant<State, std::string> state_from_json(std::string_view document);

}  // namespace bluetti::gateway
