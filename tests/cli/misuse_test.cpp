// SPDX-License-Identifier: MIT
// Wrong command lines and configurations, each with all that the program says to it: misuse.toml.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <list>
#include <sstream>

#include "gateway/base/read_file.h"
#include "gateway/config/document.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

struct Misuse {
  std::string name;
  std::vector<std::string> arguments;
  std::string config;  // written to FILE; empty: there is none
  test::Variables environment;
  std::vector<std::string> says;  // on standard error, line by line
  std::int64_t exit = 2;
};

void PrintTo(const Misuse& misuse, std::ostream* to) {
  *to << misuse.name;
}

std::vector<std::string> texts_of(const Node& node) {
  std::vector<std::string> texts;
  for (const Node& item : *node.as<Node::Array>()) texts.push_back(*item.as<std::string>());
  return texts;
}

Misuse misuse_of(const Table& table) {
  Misuse misuse;
  for (const auto& [key, where, value] : table.entries) {
    if (key == "name") misuse.name = *value.as<std::string>();
    if (key == "type") misuse.arguments = texts_of(value);
    if (key == "config") misuse.config = *value.as<std::string>();
    if (key == "says") misuse.says = texts_of(value);
    if (key == "exit") misuse.exit = *value.as<std::int64_t>();
    if (key != "environment") continue;
    for (const Entry& variable : value.as<Table>()->entries) {
      misuse.environment.emplace(variable.key, *variable.value.as<std::string>());
    }
  }
  return misuse;
}

std::vector<Misuse> table() {
  const std::string file = SOURCE_ROOT "/tests/cli/misuse.toml";
  const auto document = parse_document(std::get<std::string>(read_file(file)), file);
  std::vector<Misuse> all;
  for (const Node& item : *std::get<Table>(document).find("case")->value.as<Node::Array>()) {
    all.push_back(misuse_of(*item.as<Table>()));
  }
  return all;
}

// What was said, without the pointer to --help; the configuration's file is called FILE.
std::vector<std::string> said(const std::string& error, const std::string& file) {
  std::vector<std::string> lines;
  std::istringstream stream(error);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("Try '")) continue;
    for (std::size_t at = 0; (at = line.find(file, at)) != std::string::npos;) line.replace(at, file.size(), "FILE");
    lines.push_back(line);
  }
  return lines;
}

class Misused : public testing::TestWithParam<Misuse> {};
TEST_P(Misused, IsAnsweredWithWhatIsWrong) {
  const Misuse& misuse = GetParam();
  const test::TemporaryFolder folder;
  const std::string file = folder.write("gateway.toml", misuse.config).string();
  std::list<test::ScopedVariable> variables;
  for (const auto& [name, value] : misuse.environment) variables.emplace_back(name, value);
  std::vector<std::string> arguments = misuse.arguments;
  for (std::string& argument : arguments) argument = argument == "FILE" ? file : argument;

  const test::Outcome outcome = test::run_program(arguments);
  EXPECT_EQ(outcome.code, misuse.exit);
  EXPECT_THAT(said(outcome.err, file), testing::ElementsAreArray(misuse.says));
  EXPECT_THAT(outcome.out, testing::AnyOf(testing::IsEmpty(), testing::MatchesRegex("[0-9]+ errors?\n")))
      << "the verdict of check, and nothing else";
}

INSTANTIATE_TEST_SUITE_P(Cases, Misused, testing::ValuesIn(table()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace bluetti::gateway
