// SPDX-License-Identifier: MIT
#include "gateway/cli/help_format.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "gateway/cli/table.h"

namespace bluetti::gateway::cli {
namespace {

constexpr std::size_t kDescriptionsAt = 36;  // column
constexpr std::size_t kWidth = 100;

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

}  // namespace

HelpFormat::HelpFormat() {
  column_width(kDescriptionsAt);
  label("Positionals", "Arguments");
  label("SUBCOMMAND", "COMMAND");
}

// The parent leaves two lines empty between groups.
std::string HelpFormat::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
  std::string help = Formatter::make_help(app, std::move(name), mode);
  for (std::size_t at = 0; (at = help.find("\n\n\n", at)) != std::string::npos;) help.erase(at, 1);
  return help;
}

std::string HelpFormat::make_group(std::string group, bool is_positional,
                                   std::vector<const CLI::Option*> options) const {
  const std::string text = Formatter::make_group(group, is_positional, std::move(options));
  const std::string heading = "\n" + group + ":\n";
  if (!colour_wanted() || !text.starts_with(heading)) return text;
  return "\n\x1b[1m" + group + ":\x1b[0m\n" + text.substr(heading.size());
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
  if (!takes_value(*option) || option->get_positional()) return {};
  const bool is_list = option->get_expected_max() == CLI::detail::expected_max_vector_size;
  return " " + option->get_type_name() + (is_list ? " ..." : "");
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
  std::string text = option->get_description();
  const std::string fallback = takes_value(*option) ? option->get_default_str() : std::string();
  if (!fallback.empty()) text += fmt::format(" [default: {}]", fallback);
  if (!option->get_envname().empty()) text += fmt::format(" [variable: {}]", option->get_envname());
  // In lines that fit behind the names; the base class indents them.
  return fmt::format("{}", fmt::join(folded(text, kWidth - kDescriptionsAt), "\n"));
}

}  // namespace bluetti::gateway::cli
