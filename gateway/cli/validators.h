// SPDX-License-Identifier: MIT
// What the options of the commands have in common. For the files that build the command line only.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/parse_number.h"
#include "gateway/config/config.h"
#include "gateway/config/suggestion.h"

namespace bluetti::gateway::cli {

inline constexpr const char* kConfigVariable = "BLUETTI_GATEWAY_CONFIG";

// A number and nothing else, within bounds; neither "0x10" nor "nan".
template <typename T>
CLI::Validator between(T least, T most) {
  const auto check = [=](const std::string& text) {
    const auto value = parse_number<T>(text);
    const bool good = value && *value >= least && *value <= most;
    return good ? std::string() : fmt::format("'{}' is not a number between {} and {}", text, least, most);
  };
  return CLI::Validator(check, "", "between");
}

inline CLI::Validator not_empty() {
  return CLI::Validator([](const std::string& text) { return text.empty() ? "must not be empty" : ""; }, "",
                        "not empty");
}

inline CLI::Validator one_of(std::vector<std::string> words) {
  const auto check = [words = std::move(words)](const std::string& text) {
    if (std::find(words.begin(), words.end(), text) != words.end()) return std::string();
    return fmt::format("'{}' is not one of {}{}", text, fmt::join(words, ", "), suggestion(text, words));
  };
  return CLI::Validator(check, "", "one of");
}

// An option whose values are words, which help and completion show.
inline CLI::Option* choose(CLI::Option* option, const std::vector<std::string>& words) {
  return option->type_name(fmt::format("{}", fmt::join(words, "|")))->check(one_of(words));
}

// Options of several commands. Completion goes by their types: FILE, FOLDER, MODEL, words.
inline CLI::Option* add_config(CLI::App& command, std::filesystem::path& to) {
  return command.add_option("--config", to, "Configuration file")
      ->type_name("FILE")
      ->envname(kConfigVariable)
      ->capture_default_str();
}

inline CLI::Option* add_schemas(CLI::App& command, std::vector<std::filesystem::path>& to) {
  return command.add_option("--schemas", to, "Folder with schema files of your own")
      ->type_name("FOLDER")
      ->allow_extra_args(false);
}

inline void add_log_level(CLI::App& command, std::optional<std::string>& to, const char* what) {
  CLI::Option* level = choose(command.add_option("--log-level", to, what), {kLogLevels.begin(), kLogLevels.end()});
  command
      .add_flag_callback(
          "-v,--verbose", [&to] { to = "debug"; }, "Same as --log-level debug")
      ->excludes(level);
}

}  // namespace bluetti::gateway::cli
