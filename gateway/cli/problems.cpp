// SPDX-License-Identifier: MIT
#include "gateway/cli/problems.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/table.h"

namespace bluetti::gateway::cli {

void print_problems(std::span<const schemas::Problem> problems) {
  for (const schemas::Problem& problem : problems) std::cerr << problem.text() << '\n';
}

std::string json_of(std::span<const schemas::Problem> problems) {
  Table table({{"file", ""}, {"line", ""}, {"column", ""}, {"message", ""}});
  for (const auto& [where, message] : problems) {
    table.add({where.file, std::int64_t{where.line}, std::int64_t{where.column}, message});
  }
  return table.json();
}

void print_error(std::string_view message) {
  std::cerr << (colour_wanted(STDERR_FILENO) ? "\x1b[1;31merror:\x1b[0m " : "error: ") << message << '\n';
}

int refuse(std::string_view message) {
  print_error(message);
  return kUsage;
}

std::string unknown_block(std::uint16_t id, const schemas::Catalog& catalog) {
  const auto& blocks = catalog.blocks();
  std::string near;
  const auto above = blocks.upper_bound(id);
  if (above != blocks.begin()) near = std::to_string(std::prev(above)->first);
  if (above != blocks.end()) near += (near.empty() ? "" : " and ") + std::to_string(above->first);
  return fmt::format("there is no block {}; near it: {}; 'bluetti-gateway list blocks' shows all", id, near);
}

}  // namespace bluetti::gateway::cli
