// SPDX-License-Identifier: MIT
// Block definitions as JSON (nodes `field`, `array`, `packed` and `group`, with big-endian numbers and plain text)
// turned into schema files.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace bluetti::schemas::testing {

// Usually one file. A definition whose fields overlap, which a schema file may not, becomes several.
[[nodiscard]] std::vector<std::string> to_schema_files(const nlohmann::json& definition);

}  // namespace bluetti::schemas::testing
