// SPDX-License-Identifier: MIT
#include "gateway/cli/help_tree.h"

#include <CLI/CLI.hpp>

namespace bluetti::gateway::cli {
namespace {

OptionHelp help_of(const CLI::Option& option) {
  const bool is_flag = option.get_items_expected_max() == 0;
  const bool stands_alone = option.get_positional();
  return {.name = option.get_name(stands_alone),
          .type = is_flag ? std::string() : option.get_type_name(),
          .what = option.get_description(),
          .fallback = is_flag ? std::string() : option.get_default_str(),
          .variable = option.get_envname(),
          .required = option.get_required(),
          .repeated = !is_flag && option.get_items_expected_max() > 1};
}

CommandHelp help_below(const CLI::App& app, const std::string& above) {
  CommandHelp command{.name = app.get_name(),
                      .path = above.empty() ? app.get_name() : above + " " + app.get_name(),
                      .what = app.get_description(),
                      .examples = app.get_footer()};
  if (app.get_parent() == nullptr) command.path.clear();
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? command.arguments : command.options).push_back(help_of(*option));
  }
  for (OptionHelp& option : command.options) option.name = option.name.substr(option.name.find("--"));
  for (const CLI::App* below : app.get_subcommands({})) command.commands.push_back(help_below(*below, command.path));
  return command;
}

void collect(const CommandHelp& command, std::vector<const CommandHelp*>& all) {
  all.push_back(&command);
  for (const CommandHelp& below : command.commands) collect(below, all);
}

}  // namespace

std::vector<std::string> OptionHelp::words() const {
  std::vector<std::string> words;
  if (type.find('|') == std::string::npos) return words;
  for (std::size_t begin = 0; begin <= type.size();) {
    const std::size_t end = std::min(type.find('|', begin), type.size());
    words.push_back(type.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

CommandHelp help_of(const CLI::App& program) {
  return help_below(program, {});
}

std::vector<const CommandHelp*> all_commands(const CommandHelp& top) {
  std::vector<const CommandHelp*> all;
  collect(top, all);
  return all;
}

}  // namespace bluetti::gateway::cli
