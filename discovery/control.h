// SPDX-License-Identifier: MIT
// The entities by which the settings of a station are changed, one for each, a button that takes the last change back,
// and what became of it. Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "discovery/component.h"
#include "discovery/language.h"
#include "schemas/setting.h"

namespace bluetti::discovery {

// "Charge limit control": the sensor beside it is the "Charge limit".
[[nodiscard]] std::string control_name(const schemas::Setting& setting, const Language& language);

// Not a number with one value: Home Assistant refuses it.
[[nodiscard]] bool is_shown(const schemas::Setting& setting);
[[nodiscard]] Component control_of(const schemas::Setting& setting, std::string_view name, const Scope& scope,
                                   const Language& language);

[[nodiscard]] Component undo_button(std::string_view name, const Scope& scope);
[[nodiscard]] Component last_change(std::string_view name, const Scope& scope, const Language& language);

}  // namespace bluetti::discovery
