// SPDX-License-Identifier: MIT
// What the entities of one device are called, in their order. Home Assistant puts the device's name in front of each,
// so none starts with it; no two are alike. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "discovery/discovery.h"

namespace bluetti::discovery {

enum class Device { station, pack };

// In a pack's own device no name says which pack.
[[nodiscard]] std::vector<std::string> entity_names(const std::vector<Entity>& entities, std::string_view device_name,
                                                    const Language& language = {}, Device device = Device::station);

// `name` without the device's at its start.
[[nodiscard]] std::string without_device_name(std::string_view name, std::string_view device, const Language& language);

// Whether it begins with the device's, as whole words.
[[nodiscard]] bool begins_with_device_name(std::string_view name, std::string_view device);

// Which battery pack the value is of, from 1; 0: it is the station's.
[[nodiscard]] int pack_of(const schemas::Slot& slot, const schemas::Block& block);

// A phrase as it is written in the middle of a name: "Pack" -> "pack".
[[nodiscard]] std::string inside_name(std::string_view english, const Language& language);

// Lower case, Latin letters without their marks, all else as single underscores: "EL100V2 Büro" -> "el100v2_buro".
[[nodiscard]] std::string slug(std::string_view text);

}  // namespace bluetti::discovery
