// SPDX-License-Identifier: MIT
// The entries of a document's "components". Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "discovery/assemble.h"

namespace bluetti::discovery {

// Where the states of one device lie and what its ids begin with.
struct Scope {
  std::string identifier;        // in front of each unique_id
  std::string entity_id_prefix;  // in front of each default_entity_id, a slug
  std::string state_root;        // of the station's topics
};

// A payload as it is. A value that is gone is an empty retained payload, which numeric sensors ignore: unknown.
inline constexpr std::string_view kPlainTemplate = "{{ value or None }}";

// What every component has.
[[nodiscard]] json component_base(const Scope& scope, std::string_view platform, const std::string& id,
                                  std::string_view name);

[[nodiscard]] json component_of(const Entity& entity, const std::string& name, const Scope& scope);

// Whether the grid is there, by the volts at the station's grid terminals.
[[nodiscard]] json grid_present_of(const Entity& mains, const std::string& id, std::string_view name,
                                   const Scope& scope);

}  // namespace bluetti::discovery
