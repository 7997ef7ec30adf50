// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "gateway/cli/completion.h"

namespace bluetti::gateway::cli {
namespace {

std::string words_of(const CommandHelp& command) {
  std::string words;
  for (const CommandHelp& below : command.commands) words += below.name + " ";
  for (const OptionHelp& argument : command.arguments) {
    for (const std::string& word : argument.words()) words += word + " ";
  }
  for (const OptionHelp& option : command.options) words += option.name + " ";
  words.pop_back();
  return words;
}

// What compgen is to be given for a value of this type; empty: nothing is known of it.
std::string generator(const OptionHelp& option) {
  if (option.type == "FILE") return "-f";
  if (option.type == "FOLDER") return "-d";
  if (option.type == "MODEL")
    return "-W \"$(\"${COMP_WORDS[0]}\" list models 2>/dev/null | awk 'NR > 1 { print $1 }')\"";
  const auto words = option.words();
  return words.empty() ? std::string() : fmt::format("-W '{}'", fmt::join(words, " "));
}

bool takes_files(const CommandHelp& command) {
  for (const OptionHelp& argument : command.arguments) {
    if (argument.type == "FILE") return true;
  }
  return false;
}

// A folder is followed by a slash, and blanks are escaped.
constexpr std::string_view kAsPaths = "compopt -o filenames 2>/dev/null; ";

std::string value_cases(const CommandHelp& command) {
  std::string cases;
  for (const OptionHelp& option : command.options) {
    if (option.type.empty()) continue;
    const std::string known = generator(option);
    const std::string_view paths = option.type == "FILE" || option.type == "FOLDER" ? kAsPaths : "";
    std::string action;
    if (!known.empty()) action = fmt::format("{}mapfile -t COMPREPLY < <(compgen {} -- \"$word\"); ", paths, known);
    cases += fmt::format("    '{} {}') {}return ;;\n", command.path, option.name, action);
  }
  return cases;
}

}  // namespace

std::string bash_completion(const CommandHelp& program) {
  std::string paths;
  std::string values;
  std::string words;
  for (const CommandHelp* command : all_commands(program)) {
    if (!command->path.empty()) paths += fmt::format("{}'{}'", paths.empty() ? "" : " | ", command->path);
    values += value_cases(*command);
    words += fmt::format("    '{}') words='{}' files={} ;;\n", command->path, words_of(*command),
                         takes_files(*command) ? "-f" : "");
  }
  return fmt::format(R"(# bash completion for {0}; made by '{0} completion bash'
_bluetti_gateway() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} command='' words='' files='' longer i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    longer=${{command:+$command }}${{COMP_WORDS[i]}}
    case $longer in
      {1}) command=$longer ;;
    esac
  done
  case "$command $previous" in
{2}  esac
  case $command in
{3}  esac
  [[ $files ]] && compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen ${{files:+"$files"}} -W "$words" -- "$word")
}}
complete -F _bluetti_gateway {0}
)",
                     program.name, paths, values, words);
}

}  // namespace bluetti::gateway::cli
