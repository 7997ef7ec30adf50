// SPDX-License-Identifier: MIT
// A TOML file as a plain tree in which every key and value knows its place; or a JSON file (*.json) of the same keys,
// as Home Assistant hands to its Apps. Syntax only: what the keys mean is section.h's and config.cpp's business. Errors
// are returned.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/schema.h"

namespace bluetti::gateway {

struct Entry;

struct Table {
  schemas::Location where;
  std::vector<Entry> entries;

  [[nodiscard]] const Entry* find(std::string_view key) const;
};

struct Node {
  using Array = std::vector<Node>;
  // monostate: a date or time, which no key wants
  using Content = std::variant<std::monostate, std::string, std::int64_t, double, bool, Array, Table>;

  schemas::Location where;
  Content content;

  template <typename T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&content);
  }
  template <typename T>
  [[nodiscard]] T* as() {
    return std::get_if<T>(&content);
  }
};

struct Entry {
  std::string key;
  schemas::Location where;  // of the key
  Node value;
};

[[nodiscard]] std::variant<Table, schemas::Problem> parse_document(std::string_view text, const std::string& file_name);

// The environment has only text: a place without a line is that of a variable, and text there may stand for a number.
[[nodiscard]] bool is_variable(const schemas::Location& where);
[[nodiscard]] std::optional<double> number_of(const Node& node);

// "a string", "an integer": what a value is, for messages.
[[nodiscard]] std::string_view type_name(const Node& node);

}  // namespace bluetti::gateway
