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

// Where the states of one device lie and what its ids begin with.
struct Scope {
  std::string identifier;        // in front of each unique_id
  std::string entity_id_prefix;  // in front of each default_entity_id, a slug
  std::string state_root;        // of the station's topics
  std::string version = {};      // of its software
};

// Marks that stand for a station's own scope, in components that many stations have in common.
[[nodiscard]] const Scope& scope_to_fill_in();

// An entry of "components", written.
struct Component {
  std::string id;
  std::string_view platform;
  std::string name;
  std::string json;
};

// A device with all it is to have.
struct Draft {
  std::string topic;
  std::string device;                 // JSON
  std::string availability;           // JSON
  std::vector<Component> components;  // sorted, where it is assembled
  int pack = 0;                       // of a station; 0: none

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

// By id; of two of one id the later holds.
void sort(std::vector<Component>& components);

// Documents of the drafts, in their order. What was announced and is gone, or is to go elsewhere, is taken away first.
// `scope`: what is filled in for the marks.
[[nodiscard]] std::vector<Document> assemble(std::span<const Draft> drafts, const std::vector<Announced>& announced,
                                             const Origin& origin, const Scope& scope = {});

}  // namespace bluetti::discovery
