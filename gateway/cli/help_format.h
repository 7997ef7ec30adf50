// SPDX-License-Identifier: MIT
// How --help looks: headings in bold on a terminal, defaults and variables behind the description, at most 100 columns.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace bluetti::gateway::cli {

class HelpFormat final : public CLI::Formatter {
 public:
  HelpFormat();
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
  std::string make_group(std::string group, bool is_positional, std::vector<const CLI::Option*> options) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace bluetti::gateway::cli
