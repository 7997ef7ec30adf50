// SPDX-License-Identifier: MIT
// A TOML file as a tree of plain values that know where they stood, so that everything above it can name file, line and
// column, and so that only one file knows the TOML library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/schema.h"

namespace bluetti::schemas {

struct Entry;

struct Node {
  using Array = std::vector<Node>;
  using Table = std::vector<Entry>;  // in the order of their keys' names

  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Table>
      value;  // monostate: a date or time
  Location where;
};

struct Entry {
  std::string key;
  Location where;  // of the key
  Node node;
};

// What stands under this key of a table. nullptr: nothing, or not a table.
[[nodiscard]] const Node* find(const Node& table, std::string_view key);
// Where that is; where the table is, if there is nothing.
[[nodiscard]] const Location& place_of(const Node& table, std::string_view key);

// The file's root table; empty if it is not TOML, which is then the one problem appended.
[[nodiscard]] std::optional<Node> read_document(std::string_view file_name, std::string_view text,
                                                std::vector<Problem>& problems);

}  // namespace bluetti::schemas
