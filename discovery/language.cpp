// SPDX-License-Identifier: MIT
#include "discovery/language.h"

#include <toml++/toml.h>

#include <algorithm>

#include "discovery/language_files.h"

namespace bluetti::discovery {
namespace {

constexpr std::string_view kEnglish = "en";

// "de.toml" -> "de"
std::string_view code_of(std::string_view path) {
  return path.substr(0, path.find('.'));
}

Language parse(const schemas::EmbeddedFile& file) {
  const toml::table document = toml::parse(file.text, file.path);
  Language::Phrases phrases;
  if (const toml::table* entries = document["phrases"].as_table()) {
    for (const auto& [english, own] : *entries) phrases.emplace(english.str(), own.value_or(std::string()));
  }
  return Language(std::move(phrases), document["lower_case_inside"].value_or(false));
}

}  // namespace

std::optional<Language> Language::named(std::string_view code) {
  if (code == kEnglish) return Language();
  const auto files = embedded_files();
  const auto file = std::ranges::find(files, code, [](const auto& entry) { return code_of(entry.path); });
  return file == files.end() ? std::nullopt : std::optional(parse(*file));
}

std::vector<std::string> Language::codes() {
  std::vector<std::string> codes{std::string(kEnglish)};
  for (const auto& file : embedded_files()) codes.emplace_back(code_of(file.path));
  std::ranges::sort(codes);
  return codes;
}

std::string Language::operator()(std::string_view english) const {
  const auto found = phrases_.find(english);
  return found == phrases_.end() ? std::string(english) : found->second;
}

}  // namespace bluetti::discovery
