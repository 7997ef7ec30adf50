// SPDX-License-Identifier: MIT
// The icon of an entity that Home Assistant has none of its own for. Private to this folder.
#pragma once

#include <string_view>

namespace bluetti::discovery {

// "mdi:..."; empty: the device class brings one.
[[nodiscard]] std::string_view icon_for(std::string_view platform, std::string_view device_class, std::string_view id);

}  // namespace bluetti::discovery
