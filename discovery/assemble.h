// SPDX-License-Identifier: MIT
// What all documents have in common: their root, and how components are taken away. Private to this folder.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/discovery.h"
#include "discovery/json_object.h"

namespace bluetti::discovery {

// An entry of "components", written.
struct Component {
  std::string id;
  std::string_view platform;
  std::string json;
};

// A device with all it is to have.
struct Draft {
  std::string topic;
  std::string device;        // JSON
  std::string availability;  // JSON
  std::vector<Component> components;

  [[nodiscard]] bool has(std::string_view id) const;
};

[[nodiscard]] std::string station_identifier(std::string_view serial);
[[nodiscard]] std::string bridge_identifier(std::string_view installation);
[[nodiscard]] std::string topic_of(const Topics& topics, std::string_view identifier);

// The first members of every device. In the order of their names: `page` is its configuration_url, if there is one.
void put_identity(JsonObject& device, std::string_view identifier, std::string_view page = {},
                  std::string_view manufacturer = "BLUETTI");

// As JSON, a list of topics that must all say `online`.
[[nodiscard]] std::string availability_of(std::initializer_list<std::string_view> topics);

// Documents of the drafts, in their order. What was announced and is gone, or is to go elsewhere, is taken away first.
[[nodiscard]] std::vector<Document> assemble(std::span<const Draft> drafts, const std::vector<Announced>& announced,
                                             const Origin& origin);

}  // namespace bluetti::discovery
