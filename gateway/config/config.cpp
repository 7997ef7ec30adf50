// SPDX-License-Identifier: MIT
#include "gateway/config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "gateway/config/environment.h"
#include "gateway/config/parts.h"
#include "gateway/read_file.h"
#include "gateway/suggestion.h"

namespace bluetti::gateway {
namespace {

using schemas::Problem;

// A variable with our prefix that is no key is a slip of the pen, as an unknown key in the file is.
void refuse_unknown_variables(Reading& reading) {
  for (const std::string& name : reading.environment.names()) {
    if (!name.starts_with(kVariablePrefix)) continue;
    if (std::find(reading.variables.begin(), reading.variables.end(), name) != reading.variables.end()) continue;
    reading.refuse({name, 0, 0}, "no key of the configuration" + suggestion(name, reading.variables));
  }
}

// By place; those without a line come last. A table that several stations fall back to is read, and told, once for
// each.
void sort_by_place(std::vector<Problem>& problems) {
  const auto key = [](const Problem& problem) {
    const auto& where = problem.where;
    return std::tuple(where.line == 0, where.line, where.column, std::string_view(where.file),
                      std::string_view(problem.message));
  };
  std::sort(problems.begin(), problems.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  const auto same =
      std::unique(problems.begin(), problems.end(), [&](const auto& a, const auto& b) { return key(a) == key(b); });
  problems.erase(same, problems.end());
}

Config read_config(const Table& document, Reading& reading, const schemas::Catalog& catalog) {
  Config config;
  config.file = reading.file;
  Section root(reading, "", &document);
  read_local(root, reading, config.local);
  read_discovery(root, reading, config.local, config.discovery);
  read_publish(root, reading, catalog, config.publish);
  read_log(root, reading, config.log);
  read_state(root, reading, config.state_file);
  read_health(root, reading, config.health_file);
  read_record(root, reading, config.record);
  read_schema_folders(root, reading, config.schema_folders);
  read_accounts(root, reading, config.accounts);
  read_stations(root, reading, catalog, config);
  root.finish();
  if (config.stations.empty() && reading.problems.empty()) {
    reading.refuse({reading.file.string(), 0, 0}, "station: missing: add a [[station]] with id and serial");
  }
  refuse_unknown_variables(reading);
  return config;
}

Problem unread(const std::filesystem::path& file, std::error_code error) {
  std::string advice = advice_on_reading(error);
  if (advice.empty()) {
    advice =
        "write one (docs/configuration.md has an example), or name it with --config FILE or BLUETTI_GATEWAY_CONFIG";
  }
  return {{file.string(), 0, 0}, fmt::format("cannot be read: {}; {}", error.message(), advice)};
}

}  // namespace

ConfigResult parse_config(std::string_view text, const std::filesystem::path& file, const Environment& environment,
                          const schemas::Catalog& catalog) {
  const auto document = parse_document(text, file.string());
  if (const auto* problem = std::get_if<Problem>(&document)) return std::vector{*problem};

  Reading reading{.environment = environment, .file = file, .problems = {}, .warnings = {}, .variables = {}};
  Config config = read_config(std::get<Table>(document), reading, catalog);
  sort_by_place(reading.problems);
  if (!reading.problems.empty()) return std::move(reading.problems);
  sort_by_place(reading.warnings);
  config.warnings = std::move(reading.warnings);
  return config;
}

ConfigResult load_config(const std::filesystem::path& file, const Environment& environment,
                         const schemas::Catalog& catalog) {
  const auto text = read_file(file);
  if (const auto* error = std::get_if<std::error_code>(&text)) return std::vector{unread(file, *error)};
  return parse_config(std::get<std::string>(text), file, environment, catalog);
}

std::vector<std::filesystem::path> schema_folders_of(const std::filesystem::path& file,
                                                     const Environment& environment) {
  const auto text = read_file(file);
  if (!std::holds_alternative<std::string>(text)) return {};
  const auto document = parse_document(std::get<std::string>(text), file.string());
  if (!std::holds_alternative<Table>(document)) return {};

  Reading reading{.environment = environment, .file = file, .problems = {}, .warnings = {}, .variables = {}};
  Section root(reading, "", &std::get<Table>(document));
  std::vector<std::filesystem::path> folders;
  read_schema_folders(root, reading, folders);
  return folders;
}

std::variant<std::filesystem::path, Problem> health_file_of(const std::filesystem::path& file,
                                                            const Environment& environment) {
  const auto text = read_file(file);
  if (const auto* error = std::get_if<std::error_code>(&text)) return unread(file, *error);
  const auto document = parse_document(std::get<std::string>(text), file.string());
  if (const auto* problem = std::get_if<Problem>(&document)) return *problem;

  Reading reading{.environment = environment, .file = file, .problems = {}, .warnings = {}, .variables = {}};
  Section root(reading, "", &std::get<Table>(document));
  std::filesystem::path health_file;
  read_health(root, reading, health_file);
  if (!reading.problems.empty()) return reading.problems.front();
  return health_file;
}

}  // namespace bluetti::gateway
