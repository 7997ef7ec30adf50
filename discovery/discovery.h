// SPDX-License-Identifier: MIT
// Home Assistant's device-based MQTT discovery: a pure function from what a station has to one JSON document. Rules:
// Home Assistant core 2024.11 and later; `homeassistant/components/mqtt/` of home-assistant/core.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/decoder.h"

namespace bluetti::discovery {

// One value that is, or will be, published.
struct Entity {
  const schemas::Slot* slot = nullptr;
  const schemas::Block* block = nullptr;
};

struct Station {
  std::string serial;            // identity, [A-Za-z0-9_-]+: nothing else goes into ids
  std::string name;              // the user's name for it
  std::string model;             // shown as the device's model
  std::string software_version;  // empty: unknown
  std::vector<Entity> entities;
  std::vector<std::string> removed;  // ids of entities that are to go away, as "platform:id"
};

struct Topics {
  std::string discovery_prefix = "homeassistant";
  std::string base = "bluetti";
  std::string station;  // the station's id in topics
};

struct Origin {
  std::string name = "BLUETTI Gateway";
  std::string version;
  std::string url;
};

struct Document {
  std::string topic;    // `homeassistant/device/bluetti_<serial>/config`
  std::string payload;  // JSON
};

// Where the document of the station with this serial is published.
[[nodiscard]] std::string topic(std::string_view prefix, std::string_view serial);

[[nodiscard]] Document document(const Station& station, const Topics& topics, const Origin& origin);

// What Home Assistant makes of a field: all from unit, type and kind, in one table.
struct EntityClass {
  std::string_view platform;      // "sensor" or "binary_sensor"
  std::string_view device_class;  // empty: none
  std::string_view state_class;   // empty: none
  std::string_view unit;          // empty: none
  std::string_view category;      // "diagnostic" or empty
  bool enabled = true;
  int precision = -1;  // suggested_display_precision; -1: none
};
[[nodiscard]] EntityClass entity_class(const schemas::Field& field);

// "Phase 1 power": the entity's name, without the device's name.
[[nodiscard]] std::string entity_name(const schemas::Slot& slot, const schemas::Block& block);

}  // namespace bluetti::discovery
