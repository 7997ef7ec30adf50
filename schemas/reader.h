// SPDX-License-Identifier: MIT
// Typed access to the keys of one table. Every key asked for is a key the table may have; finish() complains of all the
// others. A wrong value is reported and read as if it were not there, so that one reading finds all problems.
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "schemas/document.h"

namespace bluetti::schemas {

template <typename T>
using Choice = std::pair<std::string_view, T>;

class TableReader {
 public:
  // `node` must outlive the reader. Anything but a table is reported and read as an empty table.
  TableReader(const Node& node, std::string_view what, std::vector<Problem>& problems);

  [[nodiscard]] const Location& where() const { return where_; }
  [[nodiscard]] const Node* find(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) { return find(key) != nullptr; }

  std::optional<std::string> text(std::string_view key);
  std::optional<std::string> name(std::string_view key);  // [a-z0-9_]+
  std::optional<double> number(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                                      std::int64_t max = std::numeric_limits<std::int64_t>::max());
  std::optional<int> small(std::string_view key, int min, int max);
  std::optional<std::vector<std::int64_t>> integers(std::string_view key);  // one integer is a list of one
  std::optional<std::vector<std::string>> texts(std::string_view key);      // one text is a list of one

  template <typename T>
  std::optional<T> choice(std::string_view key, std::span<const Choice<T>> choices) {
    const auto word = text(key);
    if (!word) return std::nullopt;
    std::vector<std::string_view> names;
    for (const auto& [name, value] : choices) {
      if (name == *word) return value;
      names.push_back(name);
    }
    report_choice(key, *word, names);
    return std::nullopt;
  }

  // Reports that a key is missing and false, if it is.
  bool require(std::string_view key);
  void report(std::string_view key, std::string message);  // at the key's value, else at the table
  void report(const Location& where, std::string message) { problems_->push_back({where, std::move(message)}); }
  std::vector<Problem>& problems() { return *problems_; }

  void finish();

 private:
  void report_choice(std::string_view key, std::string_view word, std::span<const std::string_view> names);

  const Node::Table* table_ = nullptr;
  Location where_;
  std::string what_;
  std::vector<Problem>* problems_;
  std::vector<std::string_view> known_;
};

[[nodiscard]] bool is_name(std::string_view text);  // [a-z0-9_]+
[[nodiscard]] std::string in_quotes(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);  // decimal or 0x...
[[nodiscard]] std::optional<double> parse_number(std::string_view text);         // finite

// Puts the problems from `first` on into the order of their places.
void sort_by_place(std::vector<Problem>& problems, std::size_t first);

// "; did you mean 'scale'?", or nothing.
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string_view> known);

}  // namespace bluetti::schemas
