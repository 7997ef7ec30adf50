// SPDX-License-Identifier: MIT
// Blocks by the name of their poll group: what people say instead of numbers. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/catalog.h"

namespace bluetti::schemas {

// Those of a model's `blocks` that belong to this group, in their order; or what is wrong with the name ("did you mean
// ..."). `title`: of the model.
using BlocksOfGroup = std::variant<std::vector<std::uint16_t>, std::string>;
[[nodiscard]] BlocksOfGroup blocks_of_group(const Catalog& catalog, std::span<const std::uint16_t> blocks,
                                            std::string_view group, std::string_view title);

}  // namespace bluetti::schemas
