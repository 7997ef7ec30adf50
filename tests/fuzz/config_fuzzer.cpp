// SPDX-License-Identifier: MIT
// Any text as a configuration. Everything that is refused is told, and what it tells can be printed.
#include "gateway/config/config.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace bluetti;

const schemas::Catalog& catalog() {
  static const schemas::Catalog built_in = schemas::Catalog::built_in();
  return built_in;
}

gateway::Environment environment() {
  return {.variable =
              [](std::string_view name) { return name == "SET" ? std::optional<std::string>("value") : std::nullopt; },
          .names = [] { return std::vector<std::string>{"SET"}; }};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = gateway::parse_config(text, "/nowhere/fuzz.toml", environment(), catalog());
  const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result);
  if (problems == nullptr) return 0;
  fuzz::require(!problems->empty());
  for (const schemas::Problem& problem : *problems) fuzz::require(!problem.text().empty());
  return 0;
}
