// SPDX-License-Identifier: MIT
#include "schemas/reader.h"

#include <algorithm>
#include <charconv>

#include "schemas/catalog.h"

namespace bluetti::schemas {

bool is_name(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

std::string in_quotes(std::string_view text) {
  std::string result(1, '\'');
  result += text;
  result += '\'';
  return result;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view near = nearest(word, known);
  return near.empty() ? std::string() : "; did you mean " + in_quotes(near) + "?";
}

void sort_by_place(std::vector<Problem>& problems, std::size_t first) {
  std::stable_sort(problems.begin() + static_cast<std::ptrdiff_t>(first), problems.end(),
                   [](const Problem& a, const Problem& b) {
                     return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
                   });
}

TableReader::TableReader(const Node& node, std::string_view what, std::vector<Problem>& problems)
    : table_(std::get_if<Node::Table>(&node.value)), where_(node.where), what_(what), problems_(&problems) {
  if (table_ == nullptr) report(where_, what_ + " must be a table");
}

const Node* TableReader::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  if (table_ == nullptr) return nullptr;
  const auto entry = std::find_if(table_->begin(), table_->end(), [key](const Entry& e) { return e.key == key; });
  return entry == table_->end() ? nullptr : &entry->node;
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = std::get_if<std::string>(&node->value)) return *value;
  report(key, in_quotes(key) + " must be a text");
  return std::nullopt;
}

std::optional<std::string> TableReader::name(std::string_view key) {
  auto value = text(key);
  if (!value || is_name(*value)) return value;
  report(key, in_quotes(key) + " must consist of a-z, 0-9 and _, not " + in_quotes(*value));
  return std::nullopt;
}

std::optional<double> TableReader::number(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* integer = std::get_if<std::int64_t>(&node->value)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&node->value); real != nullptr && std::isfinite(*real)) return *real;
  report(key, in_quotes(key) + " must be a number");
  return std::nullopt;
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = std::get_if<bool>(&node->value)) return *value;
  report(key, in_quotes(key) + " must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t min, std::int64_t max) {
  const Node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = std::get_if<std::int64_t>(&node->value);
  if (value == nullptr) {
    report(key, in_quotes(key) + " must be an integer");
    return std::nullopt;
  }
  if (*value >= min && *value <= max) return *value;
  report(key, in_quotes(key) + " must lie between " + std::to_string(min) + " and " + std::to_string(max));
  return std::nullopt;
}

std::optional<int> TableReader::small(std::string_view key, int min, int max) {
  const auto value = integer(key, min, max);
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<std::vector<std::int64_t>> TableReader::integers(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* one = std::get_if<std::int64_t>(&node->value)) return std::vector{*one};
  std::vector<std::int64_t> result;
  if (const auto* array = std::get_if<Node::Array>(&node->value)) {
    for (const Node& item : *array) {
      if (const auto* value = std::get_if<std::int64_t>(&item.value)) result.push_back(*value);
    }
    if (result.size() == array->size()) return result;
  }
  report(key, in_quotes(key) + " must be a list of integers");
  return std::nullopt;
}

std::optional<std::vector<std::string>> TableReader::texts(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* one = std::get_if<std::string>(&node->value)) return std::vector{*one};
  std::vector<std::string> result;
  if (const auto* array = std::get_if<Node::Array>(&node->value)) {
    for (const Node& item : *array) {
      if (const auto* value = std::get_if<std::string>(&item.value)) result.push_back(*value);
    }
    if (result.size() == array->size()) return result;
  }
  report(key, in_quotes(key) + " must be a list of texts");
  return std::nullopt;
}

bool TableReader::require(std::string_view key) {
  if (has(key)) return true;
  if (table_ != nullptr) report(where_, what_ + " needs the key " + in_quotes(key));
  return false;
}

void TableReader::report(std::string_view key, std::string message) {
  const Node* node = find(key);
  report(node == nullptr ? where_ : node->where, std::move(message));
}

void TableReader::report_choice(std::string_view key, std::string_view word, std::span<const std::string_view> names) {
  std::string list;
  for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  report(key, in_quotes(key) + " is " + in_quotes(word) + ", not one of " + list + suggestion(word, names));
}

void TableReader::finish() {
  if (table_ == nullptr) return;
  for (const Entry& entry : *table_) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    report(entry.where, what_ + " has no key " + in_quotes(entry.key) + suggestion(entry.key, known_));
  }
}

}  // namespace bluetti::schemas
