// SPDX-License-Identifier: MIT
// A block as one model has it: overrides applied, parameters put in.
#pragma once

#include <optional>

#include "schemas/schema.h"

namespace bluetti::schemas {

// The field that `name` means, "field" or "group.field"; nullptr: none.
[[nodiscard]] const Field* find_field(const Block& block, std::string_view name);
[[nodiscard]] Field* find_field(Block& block, std::string_view name);

// All names that find_field() knows.
[[nodiscard]] std::vector<std::string> field_names(const Block& block);

// What is wrong with an override of this field; empty: nothing.
[[nodiscard]] std::string refusal(const Override& override, const Field& field);
void apply(const Override& override, Field& field);

// The first parameter the block needs and the model lacks; empty: none.
[[nodiscard]] std::string missing_parameter(const Block& block, const Model& model);

// A copy for this model. What does not fit (see above) is left as it was.
[[nodiscard]] Block specialised(Block block, const Model& model);

}  // namespace bluetti::schemas
