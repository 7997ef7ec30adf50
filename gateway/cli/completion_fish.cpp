// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <string>

#include "gateway/cli/completion.h"

namespace bluetti::gateway::cli {
namespace {

std::string fish_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

// True where this command is the one that was typed, and none below it was.
std::string condition(const CommandHelp& command) {
  std::string condition;
  for (std::size_t begin = 0; begin < command.path.size();) {
    const std::size_t end = std::min(command.path.find(' ', begin), command.path.size());
    condition += fmt::format("{}__fish_seen_subcommand_from {}", condition.empty() ? "" : "; and ",
                             command.path.substr(begin, end - begin));
    begin = end + 1;
  }
  if (command.path.empty()) return "__fish_use_subcommand";
  for (const CommandHelp& below : command.commands) {
    condition += fmt::format("; and not __fish_seen_subcommand_from {}", below.name);
  }
  return condition;
}

std::string values(const OptionHelp& option) {
  if (option.type == "FILE") return " -r -F";
  if (option.type == "FOLDER") return " -x -a '(__fish_complete_directories)'";
  if (option.type == "MODEL")
    return " -x -a '(bluetti-gateway list models 2>/dev/null | awk \"NR > 1 { print \\$1 }\")'";
  const auto words = option.words();
  return words.empty() ? " -x" : fmt::format(" -x -a '{}'", fmt::join(words, " "));
}

std::string lines_of(const CommandHelp& command) {
  const std::string start = fmt::format("complete -c bluetti-gateway -n {}", fish_quoted(condition(command)));
  std::string lines;
  for (const CommandHelp& below : command.commands) {
    lines += fmt::format("{} -a {} -d {}\n", start, below.name, fish_quoted(below.what));
  }
  for (const OptionHelp& argument : command.arguments) {
    for (const std::string& word : argument.words()) lines += fmt::format("{} -a {}\n", start, word);
    if (argument.type == "FILE") lines += start + " -F\n";
  }
  for (const OptionHelp& option : command.options) {
    lines += fmt::format("{} -l {} -d {}{}\n", start, option.name.substr(2), fish_quoted(option.what),
                         option.type.empty() ? "" : values(option));
  }
  return lines;
}

}  // namespace

std::string fish_completion(const CommandHelp& program) {
  std::string script = fmt::format("# made by '{0} completion fish'\ncomplete -c {0} -f\n", program.name);
  for (const CommandHelp* command : all_commands(program)) script += lines_of(*command);
  return script;
}

}  // namespace bluetti::gateway::cli
