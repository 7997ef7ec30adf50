// SPDX-License-Identifier: MIT
#include "gateway/config/overlay.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "gateway/base/ascii.h"
#include "gateway/base/parse_number.h"
#include "gateway/config/environment.h"
#include "gateway/config/suggestion.h"

namespace bluetti::gateway {
namespace {

constexpr std::string_view kSeparator = "__";
constexpr std::size_t kMostParts = 16;  // of a variable's name: tables within tables
constexpr std::size_t kLongestShown = 100;

std::size_t parts_of(std::string_view name) {
  std::size_t parts = 1;
  for (std::size_t at = 0; (at = name.find(kSeparator, at)) != std::string_view::npos; at += kSeparator.size()) ++parts;
  return parts;
}

std::optional<std::size_t> index_of(std::string_view part) {
  return parse_number<std::size_t>(part);
}

const std::string* id_of(const Node& item) {
  const auto* table = item.as<Table>();
  const Entry* id = table ? table->find("id") : nullptr;
  return id ? id->value.as<std::string>() : nullptr;
}

class Overlay {
 public:
  Overlay(const std::string& variable, std::string value, std::vector<schemas::Problem>& problems)
      : where_{variable, 0, 0}, value_(std::move(value)), problems_(problems) {}

  void into(Table& table, std::string_view rest);

 private:
  void into(Node& node, std::string_view key, std::string_view rest);
  void into_item(Node::Array& items, std::string_view key, std::string_view rest);
  Entry& entry_of(Table& table, std::string_view part, std::string_view behind) const;
  [[nodiscard]] Node value() const { return {where_, value_}; }
  void refuse(std::string message) { problems_.push_back({where_, std::move(message)}); }

  schemas::Location where_;
  std::string value_;
  std::vector<schemas::Problem>& problems_;
};

// Names of profiles may have capitals in the file; a variable has nothing else.
Entry& Overlay::entry_of(Table& table, std::string_view part, std::string_view behind) const {
  const auto found =
      std::ranges::find(table.entries, part, [](const Entry& entry) { return variable_part(entry.key); });
  if (found != table.entries.end()) return *found;
  Node node{where_, Table{.where = where_, .entries = {}}};
  const bool of_many = part == "ACCOUNT" || part == "STATION" || index_of(behind.substr(0, behind.find(kSeparator)));
  if (of_many) node.content = Node::Array{};
  return table.entries.emplace_back(Entry{lower_case(part), where_, std::move(node)});
}

void Overlay::into(Table& table, std::string_view rest) {
  const std::size_t end = rest.find(kSeparator);
  const std::string_view part = rest.substr(0, end);
  const std::string_view behind = end == std::string_view::npos ? "" : rest.substr(end + kSeparator.size());
  Entry& entry = entry_of(table, part, behind);
  if (end != std::string_view::npos) return into(entry.value, part, behind);
  entry.where = where_;
  entry.value = value();
}

void Overlay::into(Node& node, std::string_view key, std::string_view rest) {
  if (auto* table = node.as<Table>()) return into(*table, rest);
  if (auto* items = node.as<Node::Array>()) return into_item(*items, key, rest);
  refuse(fmt::format("'{}' has nothing inside that could be set", lower_case(key)));
}

// An id may hold the separator too: the longest that fits is meant.
void Overlay::into_item(Node::Array& items, std::string_view key, std::string_view rest) {
  Node* meant = nullptr;
  std::size_t length = 0;
  std::vector<std::string> ids;
  for (Node& item : items) {
    const std::string* id = id_of(item);
    if (id == nullptr) continue;
    ids.push_back(*id);
    if (id->size() >= length && rest.starts_with(variable_part(*id) + std::string(kSeparator))) {
      meant = &item;
      length = id->size();
    }
  }
  if (meant) return into(*meant, key, rest.substr(length + kSeparator.size()));

  const std::size_t end = rest.find(kSeparator);
  const std::string_view part = rest.substr(0, end);
  const auto index = index_of(part);
  if (!index) {
    const std::string id = lower_case(part);
    return refuse(fmt::format("there is no [[{}]] with the id '{}'{}", lower_case(key), id, suggestion(id, ids)));
  }
  if (*index > items.size()) {
    return refuse(fmt::format("there is no '{}' {}; they are counted from 0, and {} would be a new one",
                              lower_case(key), *index, items.size()));
  }
  const bool is_table = end != std::string_view::npos;
  if (*index == items.size()) {
    items.push_back(is_table ? Node{where_, Table{.where = where_, .entries = {}}} : value());
  }
  if (is_table) return into(items[*index], key, rest.substr(end + kSeparator.size()));
  items[*index] = value();
}

}  // namespace

void overlay_environment(Table& document, const Environment& environment, std::vector<schemas::Problem>& problems) {
  std::vector<std::string> names = environment.names();
  std::erase_if(names, [](const std::string& name) { return !name.starts_with(kVariablePrefix); });
  // 2 before 10, for indices count up.
  std::ranges::sort(names, {}, [](const std::string& name) { return std::tuple(name.size(), name); });
  for (const std::string& name : names) {
    if (parts_of(name) > kMostParts) {
      problems.push_back({{name.substr(0, kLongestShown), 0, 0},
                          fmt::format("a variable of more than {} parts; no key lies so deep", kMostParts)});
      continue;
    }
    Overlay(name, environment.variable(name).value_or(""), problems)
        .into(document, std::string_view(name).substr(kVariablePrefix.size()));
  }
}

}  // namespace bluetti::gateway
