// SPDX-License-Identifier: MIT
#include "tests/support/config_fixture.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tests/support/fakes.h"

namespace bluetti::test {

gateway::Environment environment_of(Variables variables) {
  gateway::Environment environment;
  environment.names = [variables] {
    std::vector<std::string> names;
    for (const auto& [name, value] : variables) names.push_back(name);
    return names;
  };
  environment.variable = [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return environment;
}

std::string text(std::initializer_list<std::string_view> parts) {
  std::string whole;
  for (const std::string_view part : parts) whole += part;
  return whole;
}

gateway::Config config_of(std::string_view text, const Variables& variables) {
  auto result = gateway::parse_config(text, "/etc/bluetti/gateway.toml", environment_of(variables), test_catalog());
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    throw std::runtime_error(problems->front().text());
  }
  return std::get<gateway::Config>(std::move(result));
}

std::vector<std::string> problems_of(std::string_view text, const Variables& variables) {
  const auto result = gateway::parse_config(text, "gateway.toml", environment_of(variables), test_catalog());
  std::vector<std::string> texts;
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    for (const schemas::Problem& problem : *problems) texts.push_back(problem.text());
  }
  return texts;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "gateway_test.XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryFolder::write(std::string_view name, std::string_view content,
                                             std::filesystem::perms permissions) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::filesystem::remove(file);  // one that only root could write over
  std::ofstream(file, std::ios::binary) << content;
  std::filesystem::permissions(file, permissions);
  return file;
}

}  // namespace bluetti::test
