// SPDX-License-Identifier: MIT
// Brings an addition into the user's configuration file: what stands there stays as it is, with its comments, owner and
// permissions. All of it or nothing. Blocks; any thread, one writer per file.
#pragma once

#include <filesystem>
#include <string>
#include <variant>

#include "gateway/config/config.h"
#include "gateway/setup/proposal.h"
#include "schemas/catalog.h"

namespace bluetti::gateway {

// Of a file that is not there: nothing is known. Otherwise what is wrong with it.
[[nodiscard]] std::variant<KnownConfiguration, std::string> known_configuration(const std::filesystem::path& file,
                                                                                const Environment& environment,
                                                                                const schemas::Catalog& catalog);

// Empty: it is written, and would be taken by `run`. Otherwise why nothing was written, for a person.
[[nodiscard]] std::string write_addition(const std::filesystem::path& file, const Addition& addition,
                                         const Environment& environment, const schemas::Catalog& catalog);

}  // namespace bluetti::gateway
