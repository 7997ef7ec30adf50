// SPDX-License-Identifier: MIT
// What the entities of one station are called, in their order. Home Assistant puts the device's name
// in front of each, so none starts with it; no two are alike. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "discovery/discovery.h"

namespace bluetti::discovery {

[[nodiscard]] std::vector<std::string> entity_names(const std::vector<Entity>& entities, std::string_view device_name);

// Lower case, all but [a-z0-9] as single underscores: "EL100V2 Büro" -> "el100v2_b_ro".
[[nodiscard]] std::string slug(std::string_view text);

}  // namespace bluetti::discovery
