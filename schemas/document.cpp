// SPDX-License-Identifier: MIT
#include "schemas/document.h"

#include <toml++/toml.h>

#include <algorithm>

#include "schemas/text_limits.h"

namespace bluetti::schemas {
namespace {

Location location_of(std::string_view file, const toml::source_region& region) {
  return {std::string(file), region.begin.line, region.begin.column};
}

Node to_node(std::string_view file, const toml::node& node);

Node::Array to_array(std::string_view file, const toml::array& array) {
  Node::Array result;
  for (const toml::node& item : array) result.push_back(to_node(file, item));
  return result;
}

Node::Table to_table(std::string_view file, const toml::table& table) {
  Node::Table result;
  for (const auto& [key, node] : table) {
    result.push_back({std::string(key.str()), location_of(file, key.source()), to_node(file, node)});
  }
  return result;
}

Node to_node(std::string_view file, const toml::node& node) {
  Node result;
  result.where = location_of(file, node.source());
  if (const auto* table = node.as_table()) {
    result.value = to_table(file, *table);
  } else if (const auto* array = node.as_array()) {
    result.value = to_array(file, *array);
  } else if (const auto* text = node.as_string()) {
    result.value = text->get();
  } else if (const auto* integer = node.as_integer()) {
    result.value = integer->get();
  } else if (const auto* number = node.as_floating_point()) {
    result.value = number->get();
  } else if (const auto* boolean = node.as_boolean()) {
    result.value = boolean->get();
  }
  return result;
}

}  // namespace

const Node* find(const Node& table, std::string_view key) {
  const auto* entries = std::get_if<Node::Table>(&table.value);
  if (entries == nullptr) return nullptr;
  const auto entry = std::ranges::find(*entries, key, &Entry::key);
  return entry == entries->end() ? nullptr : &entry->node;
}

const Location& place_of(const Node& table, std::string_view key) {
  const Node* node = find(table, key);
  return node == nullptr ? table.where : node->where;
}

std::optional<Node> read_document(std::string_view file_name, std::string_view text, std::vector<Problem>& problems) {
  if (auto fault = fault_of_toml(text, kMostSchemaBytes)) {
    problems.push_back({{std::string(file_name), static_cast<std::uint32_t>(fault->line), fault->line == 0 ? 0U : 1U},
                        std::move(fault->message)});
    return std::nullopt;
  }
  try {
    Node root = to_node(file_name, toml::parse(text));
    root.where = {std::string(file_name), 1, 1};
    return root;
  } catch (const toml::parse_error& error) {
    problems.push_back({location_of(file_name, error.source()), std::string(error.description())});
    return std::nullopt;
  }
}

}  // namespace bluetti::schemas
