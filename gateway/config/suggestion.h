// SPDX-License-Identifier: MIT
// Endings of messages about words nobody knows.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "schemas/catalog.h"

namespace bluetti::gateway {

// "; did you mean 'url'?", or nothing if no known word is near.
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string_view> known);
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string> known);

// "'AP30' is not a known model; did you mean 'AP300'? 'bluetti-gateway list models' shows all", or for a name that
// exists but is not supported yet, which model to try instead.
[[nodiscard]] std::string unknown_model(std::string_view name, const schemas::Catalog& catalog);

}  // namespace bluetti::gateway
