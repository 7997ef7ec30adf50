// SPDX-License-Identifier: MIT
// What a report may say: words that the program itself can say, names of the catalogue, and short numbers. Everything
// else is taken for private, whatever it is: a name, an address, part of a key. So nothing has to be recognised as
// private to be left out. Pure.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "schemas/catalog.h"

namespace bluetti::gateway::cli {

// Of letters only, in lower case, sorted. From the string literals of the sources.
[[nodiscard]] std::span<const std::string_view> own_words();

class Vocabulary {
 public:
  static constexpr std::size_t kMostDigits = 6;  // of one number, or of numbers in a row

  explicit Vocabulary(const schemas::Catalog& catalog);

  // The text with everything else replaced by "<hidden 1>", the same by the same. Blanks and the signs of TOML and JSON
  // stay, and so does the time at the beginning of a log's line.
  std::string only_known(std::string_view text);

 private:
  void add_words(std::string_view text);
  void take_line(std::string_view line, std::string& to);
  [[nodiscard]] bool is_sayable(std::string_view chunk) const;
  [[nodiscard]] bool is_known(std::string_view token) const;
  [[nodiscard]] bool is_known_part(std::string_view part) const;
  void hide(std::string_view chunk, std::string& to);

  std::set<std::string, std::less<>> words_;  // of letters, lower case
  std::set<std::string, std::less<>> names_;  // with digits in them, as they are: "EL100V2"
  std::map<std::string, std::size_t, std::less<>> hidden_;
};

}  // namespace bluetti::gateway::cli
