// SPDX-License-Identifier: MIT
#include "gateway/config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "gateway/base/read_file.h"
#include "gateway/config/environment.h"
#include "gateway/config/overlay.h"
#include "gateway/config/parts.h"

namespace bluetti::gateway {
namespace {

using schemas::Problem;

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

Config read_config(const Table& document, Reading& reading, const schemas::Catalog& catalog, Stations stations) {
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
  read_sinks(root, reading, config.sinks);
  read_gateway(root, reading, config);
  read_control(root, reading, config, config.control);
  read_http(root, reading, config.control, config.http);
  read_schema_folders(root, reading, config.schema_folders);
  read_accounts(root, reading, config.accounts);
  read_stations(root, reading, catalog, config);
  root.finish();
  if (config.stations.empty() && stations != Stations::optional && reading.problems.empty()) {
    const schemas::Location where{reading.file.string(), 0, 0};
    if (stations == Stations::or_page && config.accounts.empty() && config.http.enabled()) {
      reading.warnings.push_back(
          {where, "station: there is none yet: nothing is read. Open the page's /setup to add one"});
    } else {
      reading.refuse(where, "station: missing: add a [[station]] with id and serial");
    }
  }
  config.settings = std::move(reading.settings);
  return config;
}

// The environment is laid over the document first.
Reading begin_reading(Table& document, const std::filesystem::path& file, const Environment& environment) {
  Reading reading{.environment = environment, .file = file, .problems = {}, .warnings = {}, .settings = {}};
  overlay_environment(document, environment, reading.problems);
  return reading;
}

Problem unread(const std::filesystem::path& file, std::error_code error) {
  std::string advice = advice_on_reading(error);
  if (advice.empty()) {
    advice = "'bluetti-gateway init' writes one; --config FILE or BLUETTI_GATEWAY_CONFIG names another";
  }
  return {{file.string(), 0, 0}, fmt::format("cannot be read: {}; {}", error.message(), advice)};
}

}  // namespace

std::string Setting::source() const {
  if (where.file.empty()) return "built in";
  return where.line == 0 ? where.file : fmt::format("{}:{}:{}", where.file, where.line, where.column);
}

ConfigResult parse_config(std::string_view text, const std::filesystem::path& file, const Environment& environment,
                          const schemas::Catalog& catalog, Stations stations) {
  auto document = parse_document(text, file.string());
  if (const auto* problem = std::get_if<Problem>(&document)) return std::vector{*problem};

  Reading reading = begin_reading(std::get<Table>(document), file, environment);
  Config config = read_config(std::get<Table>(document), reading, catalog, stations);
  sort_by_place(reading.problems);
  if (!reading.problems.empty()) return std::move(reading.problems);
  sort_by_place(reading.warnings);
  config.warnings = std::move(reading.warnings);
  return config;
}

ConfigResult load_config(const std::filesystem::path& file, const Environment& environment,
                         const schemas::Catalog& catalog, Stations stations) {
  const auto text = read_file(file);
  if (const auto* error = std::get_if<std::error_code>(&text)) return std::vector{unread(file, *error)};
  return parse_config(std::get<std::string>(text), file, environment, catalog, stations);
}

std::vector<std::filesystem::path> schema_folders_of(const std::filesystem::path& file,
                                                     const Environment& environment) {
  const auto text = read_file(file);
  if (!std::holds_alternative<std::string>(text)) return {};
  auto document = parse_document(std::get<std::string>(text), file.string());
  if (!std::holds_alternative<Table>(document)) return {};

  Reading reading = begin_reading(std::get<Table>(document), file, environment);
  Section root(reading, "", &std::get<Table>(document));
  std::vector<std::filesystem::path> folders;
  read_schema_folders(root, reading, folders);
  return folders;
}

std::variant<std::filesystem::path, Problem> health_file_of(const std::filesystem::path& file,
                                                            const Environment& environment) {
  const auto text = read_file(file);
  if (const auto* error = std::get_if<std::error_code>(&text)) return unread(file, *error);
  auto document = parse_document(std::get<std::string>(text), file.string());
  if (const auto* problem = std::get_if<Problem>(&document)) return *problem;

  Reading reading = begin_reading(std::get<Table>(document), file, environment);
  Section root(reading, "", &std::get<Table>(document));
  Config config;
  read_health(root, reading, config.health_file);
  read_gateway(root, reading, config);
  if (!reading.problems.empty()) return reading.problems.front();
  return config.health_file;
}

}  // namespace bluetti::gateway
