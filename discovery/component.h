// SPDX-License-Identifier: MIT
// The entries of a document's "components". Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "discovery/assemble.h"
#include "discovery/language.h"

namespace bluetti::discovery {

// A payload as it is. A value that is gone is an empty retained payload, which numeric sensors ignore: unknown.
inline constexpr const char* kPlainTemplate = "{{ value or None }}";

// What Home Assistant is told of an entity. What is empty is left out; topics lie below the scope's root.
struct Description {
  std::string_view platform;
  std::string_view id;
  std::string_view name;
  std::string_view entity_name;  // the name in English, of which the entity id is made
  std::string_view state;        // topic
  std::string_view command;      // topic
  std::string value_template;
  std::string command_template;
  std::string attributes_template;
  std::string_view attributes;  // topic; empty: that of the state
  std::string_view device_class;
  std::string_view state_class;
  std::string_view unit;
  std::string_view category;
  std::string_view payload_on;
  std::string_view payload_off;
  std::string_view payload_press;  // of a button; empty: PRESS
  std::string options;             // JSON, a list
  std::string event_types;         // likewise
  std::string pattern;             // of a text
  std::string min;                 // of a number, as JSON; max and step likewise
  std::string max;
  std::string step;
  std::string availability;  // JSON; empty: that of the device
  int precision = -1;        // -1: not said
  int expire_after = 0;      // seconds; 0: not said
  bool enabled = true;
  bool confirmed = false;  // QoS 1
  bool waits = false;      // shows a change when the station says so, not when it is wished
};

[[nodiscard]] Component component_of(const Description& about, const Scope& scope);

// What is to be said of a value. Names and state of the entity are those of the language.
[[nodiscard]] Description describe(const Entity& entity, std::string_view name, const Language& language);

// The device of all stations together.
[[nodiscard]] Draft totals_draft(const Bridge& bridge, const Topics& topics, const Language& language);

// Whether the grid is there, by the volts at the station's grid terminals.
[[nodiscard]] Description describe_grid_present(const Entity& mains, std::string_view id, std::string_view name);

// The firmware that a station runs, and how far its update is. None tells which version there is to be had: so the
// state is unknown, never "up-to-date".
[[nodiscard]] Description describe_firmware(const Entity& progress, std::string_view id, std::string_view name,
                                            std::string_view version);

}  // namespace bluetti::discovery
