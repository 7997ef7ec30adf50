// SPDX-License-Identifier: MIT
// Stations as they stand in the configuration. Pure.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/config/config.h"
#include "gateway/sign_in/sign_in.h"
#include "schemas/catalog.h"

namespace bluetti::gateway {

// A station that somebody may want.
struct ProposedStation {
  std::string serial;              // empty: it does not tell it, and the table has a place for it
  std::string name;                // as the account has it; empty: it has none
  std::string model;               // of a schema; empty: to be detected
  std::string cloud_model;         // the cloud's own word, where the model does not tell it
  std::optional<LanEndpoint> lan;  // it is read there and not through the cloud
};
[[nodiscard]] ProposedStation proposed(const VendorStation& station, const schemas::Catalog& catalog);
// Of a serial number that somebody typed, digits or the whole label; or what is wrong with it.
[[nodiscard]] std::variant<ProposedStation, std::string> proposed(std::string_view label,
                                                                  const schemas::Catalog& catalog);

// A [[station]] table. `account`: to be named; empty: the only one, or none.
[[nodiscard]] std::string station_table(const ProposedStation& station, std::string_view id, std::string_view account);

// What a person pastes for the stations that the vendor's account lists: a table for each, with ids made from their
// names, all different. A model that no schema knows becomes "auto" with the vendor's own word as `cloud_model`.
[[nodiscard]] std::string station_snippets(std::span<const VendorStation> stations, const schemas::Catalog& catalog,
                                           std::string_view account);

// A basic string of TOML; control characters are left out.
[[nodiscard]] std::string toml_string(std::string_view text);

// An id made of the name, else of the model, that is not in `taken` yet, and then is.
[[nodiscard]] std::string free_station_id(std::string_view name, std::string_view model, std::set<std::string>& taken);

}  // namespace bluetti::gateway
