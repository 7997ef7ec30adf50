// SPDX-License-Identifier: MIT
// What a person pastes into the configuration for the stations that the vendor's account lists. Pure.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>

#include "gateway/sign_in/sign_in.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::cli {

// A [[station]] table for each, with ids made from their names, all different. `account`: to be named; empty: the only
// one. A model that no schema knows becomes "auto" with the vendor's own word as `cloud_model`.
[[nodiscard]] std::string station_snippets(std::span<const VendorStation> stations, const schemas::Catalog& catalog,
                                           std::string_view account);

// A basic string of TOML; control characters are left out.
[[nodiscard]] std::string toml_string(std::string_view text);

// An id made of the name, else of the model, that is not in `taken` yet, and then is.
[[nodiscard]] std::string free_station_id(std::string_view name, std::string_view model, std::set<std::string>& taken);

}  // namespace bluetti::gateway::cli
