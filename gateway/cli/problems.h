// SPDX-License-Identifier: MIT
// How commands say what is wrong: on standard error, one line each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/suggestion.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::cli {

void print_problems(std::span<const schemas::Problem> problems);
// The same for programs: an array.
[[nodiscard]] std::string json_of(std::span<const schemas::Problem> problems);

// One line: "error: ...", the word in red on a terminal.
void print_error(std::string_view message);

// Says why a command cannot start. Returns kUsage.
int refuse(std::string_view message);

// "no block 1299; the nearest are 1200 and 1300"
[[nodiscard]] std::string unknown_block(std::uint16_t id, const schemas::Catalog& catalog);

}  // namespace bluetti::gateway::cli
