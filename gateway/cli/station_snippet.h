// SPDX-License-Identifier: MIT
// What a person pastes into the configuration for the stations that the vendor's account lists. Pure.
#pragma once

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

}  // namespace bluetti::gateway::cli
