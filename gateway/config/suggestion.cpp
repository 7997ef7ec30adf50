// SPDX-License-Identifier: MIT
#include "gateway/config/suggestion.h"

#include <fmt/format.h>

#include <map>
#include <vector>

namespace bluetti::gateway {
namespace {

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

}  // namespace

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view meant = schemas::nearest(word, known);
  return meant.empty() ? std::string() : fmt::format("; did you mean '{}'?", meant);
}

std::string suggestion(std::string_view word, std::span<const std::string> known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  return suggestion(word, views);
}

std::string unknown_model(std::string_view name, const schemas::Catalog& catalog) {
  // The case of a name does not matter, so it must not keep it from being found near.
  std::map<std::string, std::string> known;  // by its lower case
  for (const auto& [key, model] : catalog.models()) {
    known.emplace(lower_case(model.name), model.name);
    known.emplace(lower_case(model.title), model.title);
    for (const std::string& alias : model.aliases) known.emplace(lower_case(alias), alias);
  }
  std::vector<std::string_view> words;
  for (const auto& [word, original] : known) words.push_back(word);
  const std::string_view nearest = schemas::nearest(lower_case(name), words);
  const std::string meant = nearest.empty() ? ";" : fmt::format("; did you mean '{}'?", known.at(std::string(nearest)));
  return fmt::format("'{}' is not a known model{} 'bluetti-gateway list models' shows all", name, meant);
}

}  // namespace bluetti::gateway
