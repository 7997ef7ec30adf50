// SPDX-License-Identifier: MIT
#include "gateway/cli/man_page.h"

#include <fmt/format.h>

#include <map>

namespace bluetti::gateway::cli {
namespace {

// A line that begins with '.' or ''' would be a request, and a plain '-' may become a dash.
std::string escaped(std::string_view text) {
  std::string result;
  bool at_begin = true;
  for (const char c : text) {
    if (at_begin && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
    at_begin = c == '\n';
  }
  return result;
}

std::string option_entry(const OptionHelp& option) {
  std::string entry = fmt::format(".TP\n\\fB{}\\fR", escaped(option.name));
  if (!option.type.empty() && option.type != option.name) entry += fmt::format(" \\fI{}\\fR", escaped(option.type));
  entry += "\n" + escaped(option.what) + ".";
  if (option.required) entry += " Required.";
  if (option.repeated) entry += " Can be repeated.";
  if (!option.fallback.empty()) entry += fmt::format(" Without it: {}.", escaped(option.fallback));
  if (!option.variable.empty()) entry += fmt::format(" Or the variable \\fB{}\\fR.", escaped(option.variable));
  return entry + "\n";
}

std::string synopsis(const CommandHelp& program, const CommandHelp& command) {
  std::string line = fmt::format("\\fB{} {}\\fR", escaped(program.name), escaped(command.path));
  for (const OptionHelp& option : command.options) {
    if (option.name == "--help") continue;
    const std::string value = option.type.empty() ? "" : fmt::format(" \\fI{}\\fR", escaped(option.type));
    const std::string written = fmt::format("\\fB{}\\fR{}", escaped(option.name), value);
    line += option.required ? " " + written : " [" + written + "]";
  }
  for (const OptionHelp& argument : command.arguments) {
    line += fmt::format(" \\fI{}\\fR{}", escaped(argument.name), argument.repeated ? "..." : "");
  }
  return ".P\n" + line + "\n";
}

std::string command_section(const CommandHelp& program, const CommandHelp& command) {
  std::string section = fmt::format(".SS {}\n{}.\n", escaped(command.path), escaped(command.what));
  section += synopsis(program, command);
  for (const OptionHelp& argument : command.arguments) section += option_entry(argument);
  for (const OptionHelp& option : command.options) {
    if (option.name != "--help") section += option_entry(option);
  }
  return section + fmt::format(".P\n.nf\n{}\n.fi\n", escaped(command.examples));
}

std::string environment_section(const CommandHelp& program) {
  std::map<std::string, std::string> variables;
  for (const CommandHelp* command : all_commands(program)) {
    for (const OptionHelp& option : command->options) {
      if (!option.variable.empty()) variables.emplace(option.variable, option.what);
    }
  }
  std::string section = ".SH ENVIRONMENT\n";
  for (const auto& [name, what] : variables)
    section += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", escaped(name), escaped(what));
  return section +
         ".TP\n\\fBBLUETTI_GATEWAY__\\fITABLE\\fB__\\fIKEY\\fR\nStands for a key of the configuration, whatever the "
         "file "
         "says.\n"
         ".TP\n\\fBNO_COLOR\\fR\nNo colours, if it is not empty.\n";
}

constexpr std::string_view kEnding = R"(.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
It ran, and something failed.
.TP
.B 2
The command line or the configuration is wrong.
.TP
.B 3
A broker or a service could not be reached, or refused.
.TP
.B 130, 143
Ended by a signal.
.SH FILES
.TP
.I gateway.toml
The configuration, in the working directory unless another is named.
)";

}  // namespace

std::string man_page(const CommandHelp& program, std::string_view version) {
  std::string page = fmt::format(".TH BLUETTI\\-GATEWAY 1 \"\" \"bluetti\\-gateway {}\"\n", escaped(version));
  page += fmt::format(".SH NAME\n{} \\- bring BLUETTI power stations to a local MQTT broker\n", escaped(program.name));
  page += fmt::format(".SH SYNOPSIS\n\\fB{}\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]...\n", escaped(program.name));
  page += fmt::format(".SH DESCRIPTION\n{}\n.SH COMMANDS\n", escaped(program.what));
  for (const CommandHelp* command : all_commands(program)) {
    if (!command->path.empty() && command->commands.empty()) page += command_section(program, *command);
  }
  page += environment_section(program);
  return page.append(kEnding);
}

}  // namespace bluetti::gateway::cli
