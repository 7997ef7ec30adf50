// SPDX-License-Identifier: MIT
// What all documents have in common: their root, and how components are taken away. Private to this folder.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "discovery/discovery.h"

namespace bluetti::discovery {

// Keys are sorted, so that equal devices give equal bytes whatever the order in which their blocks came.
using nlohmann::json;

// A device with all it is to have.
struct Draft {
  std::string topic;
  json device;
  json availability;
  json components = json::object();
};

// Home Assistant refuses the whole document for a null or an empty text it did not expect: what is unknown is left out.
inline void put(json& object, const char* key, std::string_view text) {
  if (!text.empty()) object[key] = text;
}

[[nodiscard]] std::string station_identifier(std::string_view serial);
[[nodiscard]] std::string bridge_identifier(std::string_view installation);
[[nodiscard]] std::string topic_of(const Topics& topics, std::string_view identifier);

// A list of topics that must all say `online`.
[[nodiscard]] json availability_of(std::initializer_list<std::string> topics);

// Documents of the drafts, in their order. What was announced and is gone, or is to go elsewhere, is taken away first.
[[nodiscard]] std::vector<Document> assemble(std::span<const Draft> drafts, const std::vector<Announced>& announced,
                                             const Origin& origin);

}  // namespace bluetti::discovery
