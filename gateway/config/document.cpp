// SPDX-License-Identifier: MIT
#include "gateway/config/document.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>

#include "gateway/base/parse_number.h"
#include "gateway/config/environment.h"
#include "gateway/config/json_document.h"
#include "schemas/text_limits.h"

namespace bluetti::gateway {
namespace {

class TomlConverter {
 public:
  explicit TomlConverter(const std::string& file_name) : file_name_(file_name) {}

  [[nodiscard]] schemas::Location place(const toml::source_region& source) const {
    return {file_name_, source.begin.line, source.begin.column};
  }

  [[nodiscard]] Table table(const toml::table& from) const {
    Table to{.where = place(from.source()), .entries = {}};
    to.entries.reserve(from.size());
    for (const auto& [key, value] : from) {
      to.entries.push_back({std::string(key.str()), place(key.source()), node(value)});
    }
    return to;
  }

 private:
  [[nodiscard]] Node node(const toml::node& from) const {
    return from.visit([&](const auto& value) { return Node{place(value.source()), content(value)}; });
  }

  [[nodiscard]] Node::Content content(const toml::table& from) const { return table(from); }
  [[nodiscard]] Node::Content content(const toml::array& from) const {
    Node::Array to;
    for (const toml::node& item : from) to.push_back(node(item));
    return to;
  }
  template <typename T>
  [[nodiscard]] Node::Content content(const toml::value<T>& from) const {
    if constexpr (std::is_constructible_v<Node::Content, const T&>) {
      return from.get();
    } else {
      return std::monostate{};
    }
  }

  const std::string& file_name_;
};

}  // namespace

const Entry* Table::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

std::variant<Table, schemas::Problem> parse_document(std::string_view text, const std::string& file_name) {
  if (file_name.ends_with(".json")) return parse_json_document(text, file_name);
  if (auto fault = schemas::fault_of_toml(text, schemas::kMostConfigBytes)) {
    return schemas::Problem{{file_name, static_cast<std::uint32_t>(fault->line), fault->line == 0 ? 0U : 1U},
                            std::move(fault->message)};
  }
  const TomlConverter converter(file_name);
  try {
    return converter.table(toml::parse(text, file_name));
  } catch (const toml::parse_error& error) {
    return schemas::Problem{converter.place(error.source()), std::string(error.description())};
  }
}

bool is_variable(const schemas::Location& where) {
  return where.line == 0 && where.file.starts_with(kVariablePrefix);
}

std::optional<double> number_of(const Node& node) {
  if (const auto* whole = node.as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* real = node.as<double>()) return *real;
  const auto* text = node.as<std::string>();
  return text && is_variable(node.where) ? parse_number<double>(*text) : std::nullopt;
}

std::string_view type_name(const Node& node) {
  constexpr std::array<std::string_view, std::variant_size_v<Node::Content>> kNames{
      "a date or time", "a string", "an integer", "a number", "true or false", "an array", "a table"};
  return kNames[node.content.index()];
}

}  // namespace bluetti::gateway
