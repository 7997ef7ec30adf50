// SPDX-License-Identifier: MIT
// The words of entity names in a language. English is what the schema files say; every other language is one file of
// discovery/languages/, built into the binary, from English phrase to its own. What a file lacks stays English. Ids,
// topics and states never depend on it. Immutable once made.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bluetti::discovery {

class Language {
 public:
  using Phrases = std::map<std::string, std::string, std::less<>>;

  Language() = default;  // English
  explicit Language(Phrases phrases, bool lower_case_inside = false)
      : phrases_(std::move(phrases)), lower_case_inside_(lower_case_inside) {}

  // "en", "de", ...; nothing for a language there is no file of.
  [[nodiscard]] static std::optional<Language> named(std::string_view code);
  // All there are, sorted.
  [[nodiscard]] static std::vector<std::string> codes();

  [[nodiscard]] std::string operator()(std::string_view english) const;

  // Whether ordinary words lose their capital letter in mid-name: "Cell 7 voltage", but "Zelle 7 Spannung".
  [[nodiscard]] bool lower_case_inside() const { return lower_case_inside_; }
  [[nodiscard]] const Phrases& phrases() const { return phrases_; }

 private:
  Phrases phrases_;
  bool lower_case_inside_ = true;
};

}  // namespace bluetti::discovery
