// SPDX-License-Identifier: MIT
#include "gateway/config/json_document.h"

#include <nlohmann/json.hpp>

#include "schemas/text_limits.h"

namespace bluetti::gateway {
namespace {

using nlohmann::json;

class JsonConverter {
 public:
  explicit JsonConverter(const std::string& file_name) : where_{file_name, 0, 0} {}

  [[nodiscard]] Table table(const json& from) const {
    Table to{.where = where_, .entries = {}};
    for (const auto& [key, value] : from.items()) {
      if (!value.is_null()) to.entries.push_back({key, where_, {where_, content(value)}});
    }
    return to;
  }

 private:
  [[nodiscard]] Node::Content content(const json& from) const {
    switch (from.type()) {
      case json::value_t::object:
        return table(from);
      case json::value_t::array:
        return array(from);
      case json::value_t::string:
        return from.get<std::string>();
      case json::value_t::boolean:
        return from.get<bool>();
      case json::value_t::number_float:
        return from.get<double>();
      default:
        return from.get<std::int64_t>();
    }
  }

  [[nodiscard]] Node::Array array(const json& from) const {
    Node::Array to;
    for (const json& item : from) {
      if (!item.is_null()) to.push_back({where_, content(item)});
    }
    return to;
  }

  schemas::Location where_;
};

}  // namespace

std::variant<Table, schemas::Problem> parse_json_document(std::string_view text, const std::string& file_name) {
  if (auto fault = schemas::fault_of_json(text, schemas::kMostConfigBytes)) {
    return schemas::Problem{{file_name, 0, 0}, std::move(fault->message)};
  }
  try {
    const json document = json::parse(text);
    if (document.is_object()) return JsonConverter(file_name).table(document);
    return schemas::Problem{{file_name, 0, 0}, "must be a JSON object"};
  } catch (const json::exception& error) {
    return schemas::Problem{{file_name, 0, 0}, error.what()};
  }
}

}  // namespace bluetti::gateway
