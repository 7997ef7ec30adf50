// SPDX-License-Identifier: MIT
#include "gateway/cli/table.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "gateway/observe/log_lines.h"

namespace bluetti::gateway::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kGap = "  ";

template <typename... Functions>
struct Overload : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overload(Functions...) -> Overload<Functions...>;

template <typename T>
std::string joined(const std::vector<T>& items) {
  return fmt::format("{}", fmt::join(items, ", "));
}

std::string text_of(const Cell& cell) {
  return std::visit(Overload{[](std::monostate) { return std::string(); },
                             [](bool value) { return std::string(value ? "yes" : "no"); },
                             [](std::int64_t value) { return fmt::format("{}", value); },
                             [](double value) { return fmt::format("{}", value); },
                             [](const std::string& value) { return printable_of(value); },
                             [](const auto& items) { return joined(items); }},
                    cell);
}

Json json_of(const Cell& cell) {
  return std::visit(
      Overload{[](std::monostate) { return Json(nullptr); }, [](const auto& value) { return Json(value); }}, cell);
}

// Columns on the screen: code points, near enough for what stands in our tables.
std::size_t width_of(std::string_view text) {
  const auto begins_code_point = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct Layout {
  std::vector<std::size_t> widths;
  std::vector<bool> right;
};

void append_line(const Layout& layout, const std::vector<std::string>& cells, std::string& to) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t padding = layout.widths[i] - width_of(cells[i]);
    if (i > 0) to.append(kGap);
    if (layout.right[i]) to.append(padding, ' ');
    to.append(cells[i]);
    if (!layout.right[i]) to.append(padding, ' ');
  }
  to.erase(to.find_last_not_of(' ') + 1);
}

std::string markdown_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    line += "| ";
    for (const char c : cell) line += c == '|' ? std::string("\\|") : std::string(1, c);
    line += cell.empty() ? "" : " ";
  }
  return line + "|\n";
}

}  // namespace

bool Table::is_numeric(std::size_t column) const {
  const auto number = [](const Cell& cell) {
    return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<double>(cell);
  };
  const auto fits = [&](const auto& row) {
    return number(row[column]) || std::holds_alternative<std::monostate>(row[column]);
  };
  return !rows_.empty() && std::all_of(rows_.begin(), rows_.end(), fits);
}

std::string Table::text(bool colour) const {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : columns_) lines.front().push_back(column.title);
  for (const auto& row : rows_) {
    auto& line = lines.emplace_back();
    std::transform(row.begin(), row.end(), std::back_inserter(line), text_of);
  }

  Layout layout;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = 0;
    for (const auto& line : lines) width = std::max(width, width_of(line[i]));
    layout.widths.push_back(width);
    layout.right.push_back(is_numeric(i));
  }

  std::string result;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool bold = colour && i == 0;
    if (bold) result.append("\x1b[1m");
    append_line(layout, lines[i], result);
    result.append(bold ? "\x1b[0m\n" : "\n");
  }
  return result;
}

std::string Table::markdown() const {
  std::vector<std::string> titles;
  std::vector<std::string> rules;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    titles.push_back(columns_[i].title);
    rules.emplace_back(is_numeric(i) ? "---:" : "---");
  }
  std::string result = markdown_line(titles) + markdown_line(rules);
  for (const auto& row : rows_) {
    std::vector<std::string> cells;
    std::ranges::transform(row, std::back_inserter(cells), text_of);
    result += markdown_line(cells);
  }
  return result;
}

std::string Table::json() const {
  Json array = Json::array();
  for (const auto& row : rows_) {
    Json object = Json::object();
    for (std::size_t i = 0; i < columns_.size(); ++i) object[columns_[i].key] = json_of(row[i]);
    array.push_back(std::move(object));
  }
  return dump(array);
}

bool colour_wanted(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(descriptor) != 0 && (!no_color || !*no_color);
}

std::string json_text(std::string_view text) {
  return dump(Json(text));
}

std::string json_texts(const std::vector<std::string>& texts) {
  return dump(Json(texts));
}

}  // namespace bluetti::gateway::cli
