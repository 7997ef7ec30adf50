// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <string>

#include "gateway/cli/completion.h"

namespace bluetti::gateway::cli {
namespace {

// Between single quotes, in a description that ends at ']' or ':'.
std::string zsh_quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
      result += c;
    }
  }
  return result;
}

std::string action(const OptionHelp& option) {
  if (option.type == "FILE") return "_files";
  if (option.type == "FOLDER") return "_files -/";
  if (option.type == "MODEL") return "_bluetti_gateway_models";
  const auto words = option.words();
  return words.empty() ? " " : fmt::format("({})", fmt::join(words, " "));
}

std::string argument_lines(const CommandHelp& command) {
  std::string lines;
  for (const OptionHelp& option : command.options) {
    const std::string value = option.type.empty() ? "" : fmt::format(":{}:{}", zsh_quoted(option.type), action(option));
    lines += fmt::format(" \\\n        '{}{}[{}]{}'", option.repeated ? "*" : "", option.name, zsh_quoted(option.what),
                         value);
  }
  for (const OptionHelp& argument : command.arguments) {
    lines += fmt::format(" \\\n        '{}:{}:{}'", argument.repeated ? "*" : "", zsh_quoted(argument.name),
                         action(argument));
  }
  return lines;
}

std::string function_name(const CommandHelp& command) {
  std::string name = "_bluetti_gateway" + (command.path.empty() ? std::string() : "_" + command.path);
  for (char& c : name) c = c == ' ' || c == '-' ? '_' : c;
  return name;
}

// A command with others below it completes their names, then hands over to the one that was typed.
std::string function_of(const CommandHelp& command) {
  if (command.commands.empty()) {
    return fmt::format("{}() {{\n    _arguments -s{}\n}}\n\n", function_name(command), argument_lines(command));
  }
  std::string names;
  std::string cases;
  for (const CommandHelp& below : command.commands) {
    names += fmt::format("\n        '{}:{}'", below.name, zsh_quoted(below.what));
    cases += fmt::format("          {}) {} ;;\n", below.name, function_name(below));
  }
  return fmt::format(R"({0}() {{
    local curcontext=$curcontext state line
    local -a commands=({1})
    _arguments -C{2} \
        '1:command:->command' '*::argument:->argument'
    case $state in
      command) _describe command commands ;;
      argument)
        case $line[1] in
{3}        esac ;;
    esac
}}

)",
                     function_name(command), names, argument_lines(command), cases);
}

}  // namespace

std::string zsh_completion(const CommandHelp& program) {
  std::string script = fmt::format("#compdef {0}\n# made by '{0} completion zsh'\n\n", program.name);
  script += fmt::format(R"zsh(_bluetti_gateway_models() {{
    local -a models=(${{(f)"$({} list models 2>/dev/null | awk 'NR > 1 {{ print $1 }}')"}})
    _describe model models
}}

)zsh",
                        program.name);
  for (const CommandHelp* command : all_commands(program)) script += function_of(*command);
  // Autoloaded from a file, or sourced.
  return script + fmt::format(R"zsh(if [[ $funcstack[1] == _{0} ]]; then
    _bluetti_gateway "$@"
else
    compdef _bluetti_gateway {0}
fi
)zsh",
                              program.name);
}

}  // namespace bluetti::gateway::cli
