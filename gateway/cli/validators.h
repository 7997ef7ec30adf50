// SPDX-License-Identifier: MIT
// What the options of the commands have in common. For the files that build the command line only.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "gateway/suggestion.h"

namespace bluetti::gateway::cli {

inline constexpr const char* kConfigVariable = "BLUETTI_GATEWAY_CONFIG";

// A number and nothing else, within bounds; neither "0x10" nor "nan".
template <typename T>
CLI::Validator between(T least, T most) {
  const auto check = [=](const std::string& text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc{} && end == text.data() + text.size() && value >= least && value <= most;
    return good ? std::string() : fmt::format("'{}' is not a number between {} and {}", text, least, most);
  };
  return CLI::Validator(check, "", "between");
}

inline CLI::Validator one_of(std::vector<std::string> words) {
  const auto check = [words = std::move(words)](const std::string& text) {
    if (std::find(words.begin(), words.end(), text) != words.end()) return std::string();
    return fmt::format("'{}' is not one of {}{}", text, fmt::join(words, ", "), suggestion(text, words));
  };
  return CLI::Validator(check, "", "one of");
}

inline CLI::Validator log_levels() {
  return one_of({"trace", "debug", "info", "warning", "error"});
}

}  // namespace bluetti::gateway::cli
