// SPDX-License-Identifier: MIT
// Blocks by the name of their poll group: what people say instead of numbers. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/catalog.h"

namespace bluetti::schemas {

// The model's blocks of this group, in the model's order; or what is wrong with the name ("did you mean ...").
[[nodiscard]] std::variant<std::vector<std::uint16_t>, std::string> blocks_of_group(const Catalog& catalog,
                                                                                    const Model& model,
                                                                                    std::string_view group);

}  // namespace bluetti::schemas
