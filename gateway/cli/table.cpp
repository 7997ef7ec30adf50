// SPDX-License-Identifier: MIT
#include "gateway/cli/table.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

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

constexpr std::size_t kNarrowest = 10;  // of a column that is folded

// Takes from the widest column until a line fits, or nothing is wide any more.
void fit(std::vector<std::size_t>& widths, std::size_t width) {
  std::size_t sum = (widths.size() - 1) * kGap.size();
  for (const std::size_t column : widths) sum += column;
  for (; sum > width; --sum) {
    auto& widest = *std::ranges::max_element(widths);
    if (widest <= kNarrowest) return;
    --widest;
  }
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

// The cells that are wider than their columns go on below.
void append_folded(const Layout& layout, const std::vector<std::string>& cells, std::string& to) {
  std::vector<std::vector<std::string>> columns;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto& column = columns.emplace_back(folded(cells[i], layout.widths[i]));
    height = std::max(height, column.size());
  }
  for (std::size_t line = 0; line < height; ++line) {
    std::vector<std::string> parts;
    for (const auto& column : columns) parts.push_back(line < column.size() ? column[line] : std::string());
    if (line > 0) to.push_back('\n');
    append_line(layout, parts, to);
  }
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

std::vector<std::string> folded(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t last_blank = 0;  // where the line may end
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = 1;
    while (at + size < text.size() && width_of(text.substr(at, size + 1)) == 1) ++size;
    if (width_of(line) == width) {
      const bool fits = text[at] == ' ' || last_blank == 0;
      std::string rest = fits ? std::string() : line.substr(last_blank + 1);
      line.resize(fits ? line.size() : last_blank);
      lines.push_back(std::exchange(line, std::move(rest)));
      last_blank = 0;
    }
    if (text[at] == ' ' && !line.empty()) last_blank = line.size();
    if (text[at] != ' ' || !line.empty() || lines.empty()) line += text.substr(at, size);
    at += size;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::size_t screen_width() {
  constexpr std::size_t kWidest = 100;
  if (isatty(STDOUT_FILENO) == 0) return 0;
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? std::min<std::size_t>(size.ws_col, kWidest) : kWidest;
}

std::string Table::text(bool colour, std::size_t width) const {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : columns_) lines.front().push_back(column.title);
  for (const auto& row : rows_) {
    auto& line = lines.emplace_back();
    std::transform(row.begin(), row.end(), std::back_inserter(line), text_of);
  }

  Layout layout;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = 0;
    for (const auto& line : lines) widest = std::max(widest, width_of(line[i]));
    layout.widths.push_back(widest);
    layout.right.push_back(is_numeric(i));
  }
  if (width > 0) fit(layout.widths, width);

  std::string result;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool bold = colour && i == 0;
    if (bold) result.append("\x1b[1m");
    append_folded(layout, lines[i], result);
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
