// SPDX-License-Identifier: MIT
#include "gateway/config/environment.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "gateway/base/ascii.h"

namespace bluetti::gateway {
namespace {

char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool is_variable_name(std::string_view text) {
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '_'; };
  return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, allowed);
}

// `inside` is what stands between the braces.
std::variant<std::string, SubstitutionError> value_of(std::string_view inside, const Environment& environment) {
  const std::size_t separator = inside.find(":-");
  const std::string_view name = inside.substr(0, separator);
  if (!is_variable_name(name)) {
    // Not quoted: it may be part of a password that nobody meant to be substituted.
    return SubstitutionError{
        "there is a '${...}' that is neither ${NAME} nor ${NAME:-default}; write $${ for a plain ${"};
  }
  auto value = environment.variable(name);
  if (separator != std::string_view::npos) {
    return value && !value->empty() ? *std::move(value) : std::string(inside.substr(separator + 2));
  }
  if (!value) {
    return SubstitutionError{"the environment variable " + std::string(name) + " is not set; set it, or write ${" +
                             std::string(name) + ":-default}"};
  }
  return *std::move(value);
}

}  // namespace

std::variant<std::string, SubstitutionError> substitute(std::string_view text, const Environment& environment) {
  std::string result;
  for (std::size_t opening; (opening = text.find("${")) != std::string_view::npos;) {
    result.append(text.substr(0, opening));
    if (opening > 0 && text[opening - 1] == '$') {
      result.push_back('{');
      text.remove_prefix(opening + 2);
      continue;
    }
    const std::size_t closing = text.find('}', opening);
    if (closing == std::string_view::npos) return SubstitutionError{"a '${' is not closed by '}'"};
    auto value = value_of(text.substr(opening + 2, closing - opening - 2), environment);
    if (const auto* error = std::get_if<SubstitutionError>(&value)) return *error;
    result.append(std::get<std::string>(value));
    text.remove_prefix(closing + 1);
  }
  return result.append(text);
}

std::string variable_part(std::string_view key) {
  std::string part(key);
  std::ranges::transform(part, part.begin(), to_upper);
  return part;
}

Environment Environment::of_process() {
  Environment environment;
  environment.variable = [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
  environment.names = [] {
    std::vector<std::string> all;
    for (char** entry = environ; *entry; ++entry) {
      const std::string_view text = *entry;
      all.emplace_back(text.substr(0, text.find('=')));
    }
    return all;
  };
  return environment;
}

}  // namespace bluetti::gateway
