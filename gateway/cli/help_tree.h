// SPDX-License-Identifier: MIT
// The commands with their options as the command line knows them: the one source of --help, completion scripts and the
// manual page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace bluetti::gateway::cli {

struct OptionHelp {
  std::string name;      // "--config", or "HEX" of what stands alone
  std::string type;      // "FILE", "FOLDER", "MODEL", "text|json", ...; empty: a flag
  std::string what;      // a sentence without its stop
  std::string fallback;  // the value without it
  std::string variable;  // of the environment
  bool required = false;
  bool repeated = false;

  // The words of "text|json"; none for other types.
  [[nodiscard]] std::vector<std::string> words() const;
};

struct CommandHelp {
  std::string name;      // "check"
  std::string path;      // "schema check"; empty: the program
  std::string what;      // a sentence without its stop
  std::string examples;  // and what else stands below the options
  std::vector<OptionHelp> options;
  std::vector<OptionHelp> arguments;
  std::vector<CommandHelp> commands;
};

[[nodiscard]] CommandHelp help_of(const CLI::App& program);

// All commands below and `top` itself, each before those below it.
[[nodiscard]] std::vector<const CommandHelp*> all_commands(const CommandHelp& top);

}  // namespace bluetti::gateway::cli
