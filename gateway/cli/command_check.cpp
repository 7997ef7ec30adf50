// SPDX-License-Identifier: MIT
// `check`: everything that can be known before a connection is made, as a plan. No network.
#include <fmt/format.h>

#include <iostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/plan.h"
#include "gateway/cli/problems.h"

namespace bluetti::gateway::cli {
namespace {

using schemas::Problem;

// Before everything else, also where standard error goes to the same terminal.
void print_verdict(const std::string& verdict, bool good) {
  const std::string_view colour = good ? "\x1b[1;32m" : "\x1b[1;31m";
  if (colour_wanted()) {
    std::cout << colour << verdict << "\x1b[0m\n" << std::flush;
  } else {
    std::cout << verdict << '\n' << std::flush;
  }
}

// A configuration that cannot be used at all: as a document too, if one was asked for.
int refuse_all(std::span<const Problem> problems, bool json) {
  if (!json) print_verdict(fmt::format("{} error{}", problems.size(), problems.size() == 1 ? "" : "s"), false);
  print_problems(problems);
  if (json) std::cout << R"({"errors":)" << json_of(problems) << "}\n";
  return kUsage;
}

}  // namespace

int check(const CheckOptions& options) {
  const Environment environment = Environment::of_process();
  const auto catalog = schemas::Catalog::load(schema_folders_of(options.config, environment));
  const ConfigResult result = load_config(options.config, environment, catalog, Stations::or_page);
  if (const auto* problems = std::get_if<std::vector<Problem>>(&result)) return refuse_all(*problems, options.json);

  const PlanDetail detail{
      .tables = options.verbose, .topics = options.topics, .entities = options.entities, .defaults = options.defaults};
  const Plan plan(std::get<Config>(result), catalog, detail, std::chrono::system_clock::now());
  const bool good = plan.errors().empty() && catalog.problems().empty();
  options.json ? plan.print_json(std::cout) : print_verdict(plan.verdict(), good);
  for (const Problem& problem : catalog.problems()) std::cerr << "schema refused: " << problem.text() << '\n';
  for (const std::string& warning : plan.warnings()) std::cerr << "warning: " << warning << '\n';
  for (const std::string& error : plan.errors()) std::cerr << "error: " << error << '\n';
  if (!options.json) {
    plan.print_summary(std::cout << '\n');
    plan.print_tables(std::cout, colour_wanted());
  }
  if (!plan.errors().empty()) return kUsage;
  return catalog.problems().empty() ? kDone : kFailed;
}

}  // namespace bluetti::gateway::cli
