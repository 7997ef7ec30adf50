// SPDX-License-Identifier: MIT
#include "gateway/config/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "gateway/base/ascii.h"

namespace bluetti::gateway {
namespace {

// Models that people ask for and nobody has read: what comes nearest to them is no question of spelling.
struct Unread {
  std::string_view name;  // in lower case, without blanks, '-' and '_'
  std::string_view nearest;
};
constexpr std::array kUnread{
    Unread{"ac200p", "v1"}, Unread{"eb55", "v1"},     Unread{"eb70", "v1"},  Unread{"eb70s", "v1"},
    Unread{"eb150", "v1"},  Unread{"eb240", "v1"},    Unread{"a80p", "A80"}, Unread{"ap500", "AP300"},
    Unread{"d100p", "v2"},  Unread{"ep900", "EP600"},
};

std::string without_separators(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '-' || c == '_'; });
  return text;
}

const Unread* find_unread(std::string_view name) {
  const auto found = std::ranges::find(kUnread, without_separators(lower_case(name)), &Unread::name);
  return found == kUnread.end() ? nullptr : &*found;
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
  if (const Unread* unread = find_unread(name); unread && catalog.model(unread->nearest)) {
    return fmt::format(
        "'{}' is not supported yet, for no readings of one are known; try '{}' and report what it answers; "
        "'bluetti-gateway list models' shows all",
        name, unread->nearest);
  }
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
