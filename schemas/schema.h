// SPDX-License-Identifier: MIT
// What the schema files say, as plain values. schemas/README.md describes the files; nothing here decodes.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bluetti::schemas {

// A place in a schema or configuration file, for messages. Lines and columns count from 1; 0 is unknown.
struct Location {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// One thing wrong with a file. The rest of the file, or the other files, may still be good.
struct Problem {
  Location where;
  std::string message;

  // "file:line:column: message"
  [[nodiscard]] std::string text() const;
};

enum class Type : std::uint8_t {
  u8,
  s8,
  u16,
  s16,
  u32,
  s32,
  u64,
  f32,  // IEEE 754
  boolean,
  enumeration,
  bitmap,
  text,
  serial,
  version,
  ipv4,
  clock  // year|month, day|hour, minute|second: a local time without its zone
};
enum class Order : std::uint8_t { low_register_first, high_register_first };
enum class Evidence : std::uint8_t { verified, inferred };
enum class Access : std::uint8_t { read_only, read_write };

// How much a field asks for attention in Home Assistant.
enum class Prominence : std::uint8_t {
  primary,     // enabled, an ordinary entity
  diagnostic,  // enabled, among the diagnostics
  disabled,    // among the diagnostics and switched off until the user wants it
  none         // no entity; the topic exists all the same
};

// How registers are reached: through the vendor's cloud, or by Modbus TCP on the local network.
enum class Way : std::uint8_t { cloud, lan };

struct Transform {
  enum class Kind : std::uint8_t { abs, scale, minus, bitmask, shift, clamp, hex_enable_list };
  Kind kind = Kind::abs;
  double first = 0;            // factor, subtrahend or lower bound
  double second = 0;           // upper bound
  std::uint64_t bits = 0;      // mask, or number of places of a shift
  int mode = 0;                // of hex_enable_list
  int index = 0;               // of hex_enable_list
  std::string parameter = {};  // the model parameter that gives `first`; empty: `first` itself

  friend bool operator==(const Transform&, const Transform&) = default;
};

struct Option {
  std::int64_t code = 0;
  std::string name;
  friend bool operator==(const Option&, const Option&) = default;
};

// The field holds only while another field of the same block has one of these raw codes.
struct Condition {
  std::string field;
  std::vector<std::int64_t> codes;
};

// The register holds a magnitude, and another field of the same block which way it goes. With any other code the way is
// not known.
struct Direction {
  std::string field;
  std::vector<std::int64_t> positive;  // raw codes
  std::vector<std::int64_t> negative;
};

// One of several scales of a register. The version of the station's software decides where it is in reach of one; else
// that which makes a plausible value.
struct VersionedScale {
  double factor = 1;
  double from = 0;                                         // versions from here
  double until = std::numeric_limits<double>::infinity();  // to here, both included
  friend bool operator==(const VersionedScale&, const VersionedScale&) = default;
};

// What a derived value is made of.
enum class Operation : std::uint8_t {
  product,
  sum,
  difference,
  quotient,
  spread,
  minimum,
  maximum,
  mean,
  split_phase,  // volts between two legs of opposite phase
  integral,     // of a power over time
  drift         // of a clock from the time it is read at
};

struct Derivation {
  Operation operation = Operation::sum;
  std::vector<std::string> inputs;  // "field"; outside groups also "group.field", which is that of every item
  double scale = 1;
  int decimals = 0;
};

// What must hold for a write: how the new value, or another field of the same block, stands to that field.
struct Requirement {
  enum class Kind : std::uint8_t {
    below,  // the new value is less than the field
    above,  // the new value is greater than the field
    is      // the field has one of these values, as published
  };
  Kind kind = Kind::is;
  std::string field;
  std::vector<std::string> values;

  friend bool operator==(const Requirement&, const Requirement&) = default;
};

// How a field may be written. What is not said stays open: for the model's file, which may say otherwise than the row.
struct WriteRule {
  std::optional<double> min;  // as published
  std::optional<double> max;
  std::optional<double> step;
  std::vector<std::string> options;      // names of the codes that may be written
  std::optional<std::uint8_t> function;  // of Modbus: 6 or 16
  std::optional<std::uint8_t> unit;      // of Modbus, if another than for reads
  std::optional<double> settle;          // seconds from a write until reading it back tells something
  std::vector<Requirement> requirements;
  std::string consent;  // what the owner must agree to by name: "outputs", "grid"
  Location where;
};

// What the simulator puts into a field: a number, a text, or the name of a simulated quantity.
using Simulated = std::variant<std::monostate, double, std::string>;

struct Field {
  std::string name;
  std::string title;
  Type type = Type::u16;
  Type base = Type::u16;  // the number below an enumeration or boolean
  int offset = 0;         // bytes from the start of the block or of the group's item
  int size = 2;           // bytes
  Order order = Order::low_register_first;
  bool swapped_text = true;
  std::vector<Transform> transforms;
  std::vector<VersionedScale> scales;  // instead of transforms; then `min` and `max` are there
  std::string unit;
  std::vector<Option> options;
  std::vector<std::int64_t> on{1};
  std::vector<std::int64_t> off{0};
  std::vector<std::int64_t> absent;
  bool ones_are_absent = false;  // all bits set stand for no value
  std::optional<double> min;
  std::optional<double> max;
  int count = 0;          // 0: one value; else an array of this many
  int stride = 0;         // bytes from one array item to the next
  int version_parts = 2;  // of a version: "2053.08", or "50008.01.10" with three
  int decimals = 0;       // of an f32, to which it is rounded: it has no resolution of its own
  int min_protocol_version = 0;
  std::optional<Condition> when;
  std::optional<Direction> direction;
  std::string sign;                  // what a positive number means, and who saw it
  std::string shares;                // another row that reads the same bits in its own way
  std::optional<Derivation> derive;  // computed instead of read: no bytes, `size` 0
  Evidence evidence = Evidence::inferred;
  Prominence prominence = Prominence::primary;
  std::string kind;
  Access access = Access::read_only;
  std::optional<WriteRule> write;
  bool secret = false;
  Simulated simulate;
  Location where;

  [[nodiscard]] int end() const;          // bytes up to the end of its last item
  [[nodiscard]] bool is_numeric() const;  // has digits a person would do sums with
  [[nodiscard]] bool is_derived() const { return derive.has_value(); }
  [[nodiscard]] bool is_integral() const { return derive && derive->operation == Operation::integral; }
  [[nodiscard]] bool is_drift() const { return derive && derive->operation == Operation::drift; }
};

struct Group {
  std::string name;
  std::string title;
  std::string topic;                      // empty only while loading
  std::vector<std::string> count_fields;  // summed; empty: `count`
  int count = 0;                          // fixed number of items; 0 with no count_fields: one record
  int max = 1;                            // most items a row has room for
  int offset = 0;                         // bytes; unused with `after`
  std::string after;                      // starts behind this group's last item
  int stride = 0;                         // bytes
  bool whole = false;                     // all items or none
  bool interleaved = false;        // first one value of all items, then another: a stride has no room for an item
  bool swapped_bytes = false;      // one-byte items: low byte of a register first
  std::optional<WriteRule> write;  // an item is written as a whole: a time slot
  std::vector<Field> fields;
  Location where;

  [[nodiscard]] bool is_record() const { return count == 0 && count_fields.empty(); }
  [[nodiscard]] int item_size() const;  // bytes up to the end of an item's last field
  [[nodiscard]] int size() const;       // bytes that all items together may reach over
};

struct Block {
  std::uint16_t id = 0;  // address of the first register
  std::string name;
  std::string title;
  std::string prefix;
  std::string poll;      // poll group
  std::string instance;  // e.g. "pack"; empty: the station itself
  std::string needed;    // the field without whose value nothing of the block is one: the slot is empty
  Way way = Way::cloud;
  int registers = 0;  // how many to ask for
  int min_protocol_version = 0;
  Evidence evidence = Evidence::inferred;
  std::vector<std::string> devices;
  std::string source;
  std::vector<Field> fields;
  std::vector<Group> groups;
  Location where;

  [[nodiscard]] const Field* field(std::string_view name) const;
  [[nodiscard]] const Group* group(std::string_view name) const;
  [[nodiscard]] int extent() const;  // registers from its start to the end of its last field
};

struct AbsentRule {
  std::int64_t value = 0;
  std::vector<std::uint16_t> registers;
};

// Replaces single keys of a row on one model. Only what is set is replaced.
struct Override {
  std::uint16_t block = 0;
  std::string field;  // "field" or "group.field"
  std::optional<std::string> unit;
  std::optional<std::string> title;
  std::optional<double> scale;
  std::optional<std::vector<VersionedScale>> scales;
  std::optional<double> min;
  std::optional<double> max;
  std::optional<std::string> sign;
  std::optional<Prominence> prominence;
  std::optional<std::vector<Option>> options;
  std::optional<std::vector<std::int64_t>> absent;
  Location where;
};

// One line of a model's allow-list: what of it may be written, and how that is known.
struct SettingRule {
  std::string field;  // "field", or a group's name
  Way way = Way::cloud;
  WriteRule write;  // where it differs from the field's
  Evidence evidence = Evidence::inferred;
  std::string source;
  Location where;
};

enum class EnvelopeKind : std::uint8_t { bare, v1_0, v1_2 };

// What stations of a model do otherwise than most over Modbus TCP. The simulator does the same.
enum class Quirk : std::uint8_t {
  frozen_by_other_units,  // asked for another unit than its own, it answers nothing more until it is switched off
  shifted_runs,           // a read of several values is answered in the right length, with a word put in
  silent_refusals         // not even a read of one register that it does not serve is answered
};

// A block at a place of its own: one of several of a kind, at a unit.
struct LanPlace {
  std::uint16_t block = 0;
  int instance = 1;
  std::uint8_t unit = 1;
};

// How a model is read over Modbus TCP. A station leaves a read unanswered that touches one register it does not serve,
// so reads never reach over registers that no row describes.
struct LanPlan {
  std::vector<std::uint16_t> blocks;            // empty: it cannot be read so
  std::uint8_t unit = 1;                        // others have frozen a station
  std::map<std::uint16_t, std::uint8_t> units;  // of single blocks
  // Units where a block is again: as the second of its kind, the third and so on.
  std::map<std::uint16_t, std::vector<std::uint8_t>> further_units;
  int longest_read = 1;                 // registers; values that are longer are read one by one
  std::vector<std::uint16_t> unserved;  // rows that begin there are not read
  std::vector<Quirk> quirks;

  [[nodiscard]] std::uint8_t unit_of(std::uint16_t block) const;
  [[nodiscard]] std::vector<LanPlace> places_of(std::uint16_t block) const;  // the first instance first
  [[nodiscard]] bool has(Quirk quirk) const;
};

struct Model {
  std::string name;
  std::string title;
  std::vector<std::string> aliases;
  std::string vendor = "BLUETTI";  // who makes it: the manufacturer in Home Assistant
  std::string cloud_name;
  std::string extends;
  bool is_abstract = false;
  Evidence evidence = Evidence::inferred;
  std::string source;
  int protocol_version = 2000;
  EnvelopeKind envelope = EnvelopeKind::v1_2;
  std::uint8_t unit = 0;
  std::vector<std::uint16_t> blocks;  // through the cloud
  LanPlan lan;                        // a model's own, never taken over from another
  std::map<std::uint16_t, int> registers;
  std::map<std::string, double, std::less<>> poll;  // seconds by poll group
  std::map<std::uint16_t, double> poll_block;       // seconds by block
  std::map<std::string, double, std::less<>> parameters;
  std::vector<AbsentRule> absent;
  std::vector<Override> overrides;
  WriteRule write;                    // `unit` and `settle` of all settings that do not say otherwise
  std::vector<SettingRule> settings;  // the allow-list; a model's own, never taken over from another
  Location where;

  // Seconds between two reads of this block: by block, else by its poll group; 0: not polled.
  [[nodiscard]] double interval(const Block& block) const;
  [[nodiscard]] int registers_of(const Block& block) const;
  [[nodiscard]] const std::vector<std::uint16_t>& blocks_by(Way way) const {
    return way == Way::lan ? lan.blocks : blocks;
  }
  [[nodiscard]] bool has_block(std::uint16_t id) const;  // by any way
  [[nodiscard]] std::uint8_t unit_of(const Block& block) const {
    return block.way == Way::lan ? lan.unit_of(block.id) : unit;
  }
};

// Bytes one value of this type occupies; 0 for text, whose length the row gives.
[[nodiscard]] int size_of(Type type);
[[nodiscard]] std::string_view name_of(Type type);
[[nodiscard]] std::string_view name_of(Evidence evidence);
[[nodiscard]] std::string_view name_of(Way way);
[[nodiscard]] std::size_t count_fields(const Block& block);  // those of its groups with it, each once

// "ac_output_power" -> "AC output power": the words of a name as a person writes them.
[[nodiscard]] std::string title_of(std::string_view name);

}  // namespace bluetti::schemas
