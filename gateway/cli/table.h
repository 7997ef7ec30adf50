// SPDX-License-Identifier: MIT
// Rows for people and for programs: the same cells as an aligned text table, as a Markdown
// table or as a JSON array of objects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bluetti::gateway::cli {

using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>,
                          std::vector<std::int64_t>>;

struct Column {
  std::string key;    // in JSON
  std::string title;  // in text
};

// Of the terminal that standard output is, at most 100; 0: it is none.
[[nodiscard]] std::size_t screen_width();

// Lines of at most `width` characters, cut at blanks where there are any; a word longer than a line is cut anywhere.
[[nodiscard]] std::vector<std::string> folded(std::string_view text, std::size_t width);

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  // Columns of numbers are aligned to the right. `colour`: the titles in bold. `width`: where lines are folded, cell by
  // cell; 0: nowhere, a row is a line.
  [[nodiscard]] std::string text(bool colour, std::size_t width = screen_width()) const;
  [[nodiscard]] std::string markdown() const;
  [[nodiscard]] std::string json() const;

 private:
  [[nodiscard]] bool is_numeric(std::size_t column) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// It is a terminal and the user has not asked for NO_COLOR.
[[nodiscard]] bool colour_wanted(int descriptor = 1);

// As JSON; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_text(std::string_view text);
[[nodiscard]] std::string json_texts(const std::vector<std::string>& texts);

}  // namespace bluetti::gateway::cli
