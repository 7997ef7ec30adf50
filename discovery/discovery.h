// SPDX-License-Identifier: MIT
// Home Assistant's device-based MQTT discovery: pure functions from what there is to JSON documents, one per device:
// the gateway, each station via it, each battery pack via its station. Rules: Home Assistant core 2024.11 and later;
// `homeassistant/components/mqtt/` of home-assistant/core.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/language.h"
#include "schemas/decoder.h"
#include "schemas/setting.h"

namespace bluetti::discovery {

// One value that is, or will be, published.
struct Entity {
  const schemas::Slot* slot = nullptr;
  const schemas::Block* block = nullptr;
  bool can_grow_old = false;  // it is unavailable while kOldValuesPath names it
  int expire_after = 0;       // seconds without news after which Home Assistant takes it for lost; 0: never

  friend bool operator==(const Entity&, const Entity&) = default;
};

// What Home Assistant was last told on a topic. The caller remembers it, over restarts too: what is no more can be
// taken away only by naming it once again.
struct Announced {
  std::string topic;
  std::vector<std::string> components;   // "platform:id", sorted
  std::vector<std::string> buried = {};  // what was there of late: taken away in every version, for those who were away

  friend bool operator==(const Announced&, const Announced&) = default;
};

struct Station {
  std::string serial;    // identity, [A-Za-z0-9_-]+: nothing else goes into ids
  std::string name;      // the user's name for it
  std::string model;     // shown as the device's model
  std::string model_id;  // the maker's short name of it; empty: not shown
  std::string manufacturer = "BLUETTI";
  std::string area;                    // where Home Assistant first puts it; empty: nowhere
  std::string page;                    // a web page about it: http, https or homeassistant; empty: none
  std::string software_version;        // empty: not known yet
  bool tells_software_version = true;  // false: it never will, and what was known is of the past
  std::string bridge;                  // the installation of the gateway it is reached through; empty: not shown
  std::vector<Entity> entities;
  bool enabled_only = false;                      // what would start switched off is left out
  std::vector<const schemas::Setting*> settings;  // that may be changed now; none: nothing is shown of control
  std::vector<Announced> announced;               // what there was of this station, whatever the topic
  std::vector<std::string> removed;               // for document() only
};

// The cloud session of an account.
struct Account {
  std::string id;    // in topics, [a-z0-9_]+
  std::string name;  // shown where there are several; empty: the id
};

// A value of all stations together, below the gateway's own topics.
struct Total {
  std::string_view path;  // `total/<path>`
  std::string_view name;  // in English
  std::string_view device_class;
  std::string_view unit;
};
inline constexpr std::array<Total, 13> kTotals{
    {{"soc", "Battery", "battery", "%"},
     {"pv_power", "PV power", "power", "W"},
     {"grid_power", "Grid power", "power", "W"},
     {"ac_output_power", "AC output power", "power", "W"},
     {"dc_output_power", "DC output power", "power", "W"},
     {"pack_power", "Battery power", "power", "W"},
     {"pv_energy", "PV energy", "energy", "kWh"},
     {"grid_charge_energy", "Grid import energy", "energy", "kWh"},
     {"grid_feed_energy", "Grid export energy", "energy", "kWh"},
     {"ac_output_energy", "AC output energy", "energy", "kWh"},
     {"dc_output_energy", "DC output energy", "energy", "kWh"},
     {"battery_charge_energy", "Battery charge energy", "energy", "kWh"},
     {"battery_discharge_energy", "Battery discharge energy", "energy", "kWh"}}};

// The gateway itself.
struct Bridge {
  std::string installation;  // identity for good, [a-z0-9]+
  std::string version;
  std::string page;  // as a station's
  std::vector<Account> accounts;
  bool totals = false;  // whether there is a device of all stations together, too
  std::vector<Announced> announced;
};

struct Topics {
  std::string discovery_prefix = "homeassistant";
  std::string base = "bluetti";
  std::string station;            // the station's id in topics; of no meaning for the bridge
  std::string bridge = "bridge";  // the gateway's own topics, below the base
};

struct Origin {
  std::string name = "BLUETTI Gateway";
  std::string version;
  std::string url;
};

struct Document {
  std::string topic;                    // `homeassistant/device/bluetti_<serial>/config`
  std::string payload;                  // JSON; empty: the device goes away
  std::vector<std::string> components;  // to remember: "platform:id", sorted
  std::vector<std::string> removed;     // taken away by this version, which therefore needs one after it

  [[nodiscard]] Announced announced() const { return {topic, components}; }
};

// The component by which a setting is changed. It stands beside the one that shows its value, and says itself only what
// the station has: a switch, a number, a selection, or a text for a time slot.
[[nodiscard]] std::string control_id(const schemas::Setting& setting);

// "living_room_grid_power": by which a new entity of the station is known in Home Assistant, behind its platform. The
// name in English.
[[nodiscard]] std::string entity_id(std::string_view station, std::string_view name);

// Where the gateway's own document is published.
[[nodiscard]] std::string bridge_topic(std::string_view prefix, std::string_view installation);

// Where the document of the station with this serial is published.
[[nodiscard]] std::string topic(std::string_view prefix, std::string_view serial);

// The documents of a station and its packs, to be published in this order: a device before those behind it. A station
// with one pack has no other device. Where any of them has `removed` something, another version follows, two seconds
// later at the earliest and made with the new list of what is announced: it leaves out what went away, and brings in
// what waited for that (Home Assistant refuses an id that moves to another device or platform before it is free).
[[nodiscard]] std::vector<Document> documents(const Station& station, const Topics& topics, const Origin& origin,
                                              const Language& language = {});

// Makes the documents of many stations: what those of a kind have in common is written once. Slots, blocks and settings
// that the stations name must live until forget().
class DocumentMaker {
 public:
  // The topics' station is of no meaning.
  DocumentMaker(Topics topics, Origin origin, Language language = {});
  ~DocumentMaker();
  DocumentMaker(DocumentMaker&&) noexcept;
  DocumentMaker& operator=(DocumentMaker&&) noexcept;

  // As above. `id`: the station's in topics.
  [[nodiscard]] std::vector<Document> documents(const Station& station, std::string id);
  void forget();

 private:
  struct Kind;
  // `name`: of the device, where names of entities depend on it.
  [[nodiscard]] Kind& kind_of(const Station& station, std::string_view name, bool packs_stand_apart);

  Topics topics_;
  Origin origin_;
  Language language_;
  std::vector<Kind> kinds_;  // the latest last
};

// The station with its packs as one device; takes away what `removed` names. For callers that know of one document.
[[nodiscard]] Document document(const Station& station, const Topics& topics, const Origin& origin);

// Makes Home Assistant know again what it was told by an earlier document: only that can it be told to remove. Not to
// be retained.
[[nodiscard]] std::string reminder(const Announced& gone);

// The gateway's own document, and behind it that of all stations together, to be published before those of the
// stations, as `documents` are. Below `<base>/bridge/` the first shows `log_level` and, per account,
// `account/<id>/connection` (ON or OFF), `requests_per_minute`, `last_answer` and `certificate_expires` (ISO 8601 with
// zone) and `problem`; it commands `restart/set` (PRESS) and `log_level/set`.
[[nodiscard]] std::vector<Document> bridge_documents(const Bridge& bridge, const Topics& topics, const Origin& origin,
                                                     const Language& language = {});

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
// Whether a set bit, or ON, is a problem of the station: one that somebody has seen on a device. All of them together
// are one "Problem", and an event for each that comes or goes.
[[nodiscard]] bool is_problem(const schemas::Field& field);
// "E113 Grid voltage high" apart; a name without a code is all text.
struct ProblemName {
  std::string_view code;
  std::string_view text;
};
[[nodiscard]] ProblemName problem_name(std::string_view name);
// Below the station's topics: ON or OFF; all that there are, as JSON; and what came or went, not retained.
inline constexpr std::string_view kProblemPath = "problem";
inline constexpr std::string_view kProblemsPath = "problems";
inline constexpr std::string_view kProblemEventPath = "problem/event";
inline constexpr std::string_view kProblemCleared = "cleared";  // types of events, beside the codes
inline constexpr std::string_view kProblemOther = "other";

// Below the station's topics: the ids of the values that are unavailable because they have grown old, a JSON list.
inline constexpr std::string_view kOldValuesPath = "old_values";

// Whether Home Assistant is told of it at all.
[[nodiscard]] bool is_entity(const schemas::Field& field);
[[nodiscard]] EntityClass entity_class(const schemas::Field& field);

// "Phase 1 power": the entity's name, without the device's name.
[[nodiscard]] std::string entity_name(const schemas::Slot& slot, const schemas::Block& block,
                                      const Language& language = {});

}  // namespace bluetti::discovery
