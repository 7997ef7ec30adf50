// SPDX-License-Identifier: MIT
// `check`: everything that can be known before a connection is made, as a plan. No network.
#include <iostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/plan.h"
#include "gateway/cli/problems.h"

namespace bluetti::gateway::cli {
namespace {

using schemas::Problem;

// A configuration that cannot be used at all: as a document too, if one was asked for.
int refuse_all(std::span<const Problem> problems, bool json) {
  print_problems(problems);
  if (json) std::cout << R"({"errors":)" << json_of(problems) << "}\n";
  return kUsage;
}

}  // namespace

int check(const CheckOptions& options) {
  const Environment environment = Environment::of_process();
  const auto catalog = schemas::Catalog::load(schema_folders_of(options.config, environment));
  const ConfigResult result = load_config(options.config, environment, catalog);
  if (const auto* problems = std::get_if<std::vector<Problem>>(&result)) return refuse_all(*problems, options.json);

  const PlanDetail detail{.topics = options.topics, .entities = options.entities, .defaults = options.defaults};
  const Plan plan(std::get<Config>(result), catalog, detail, std::chrono::system_clock::now());
  options.json ? plan.print_json(std::cout) : plan.print_text(std::cout, colour_wanted());
  for (const Problem& problem : catalog.problems()) std::cerr << "schema refused: " << problem.text() << '\n';
  for (const std::string& warning : plan.warnings()) std::cerr << "warning: " << warning << '\n';
  for (const std::string& error : plan.errors()) std::cerr << "error: " << error << '\n';
  if (!plan.errors().empty()) return kUsage;
  return catalog.problems().empty() ? kDone : kFailed;
}

}  // namespace bluetti::gateway::cli
