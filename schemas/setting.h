// SPDX-License-Identifier: MIT
// What of a station may be written, ready for use: a wish, as text in the form of its topic, becomes register writes or
// a reason why not; what was read back becomes that text again. Nothing here sends anything. Values; immutable once
// made except for narrow(); usable from any thread. Nothing throws on wishes or data, whatever they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/catalog.h"
#include "schemas/schema.h"

namespace bluetti::schemas {

class Decoder;
struct Row;
struct TimeSlot;

enum class SettingKind : std::uint8_t {
  number,    // "80"
  boolean,   // "ON", "OFF"
  option,    // "silent"
  time_slot  // "off", "charge 01:00-05:00": three registers, always written together
};

// One Modbus request.
struct RegisterWrite {
  std::uint8_t unit = 0;
  std::uint8_t function = 6;  // or 16
  std::uint16_t first_register = 0;
  std::vector<std::uint16_t> values;
  friend bool operator==(const RegisterWrite&, const RegisterWrite&) = default;
};

// Why a wish is refused, in words for the person who wished.
struct WishRefused {
  std::string reason;
};

// The registers of a setting's block as last read, from the first one on. May be short: what is not there is unknown.
using BlockData = std::span<const std::byte>;

class Setting {
 public:
  // What the data files say; the catalogue has checked it.
  struct Facts {
    std::string path;  // below the station: "ac_output", "time_slot/1"
    std::string id;    // the same as an identifier: "time_slot_1"
    std::string title;
    std::string model;
    SettingKind kind = SettingKind::number;
    std::string unit;                  // of a number: "A"
    std::vector<std::string> options;  // of an option: what may be wished; of a time slot: the actions
    WriteRule rule;                    // of the model and the row together
    std::uint16_t block = 0;
    std::uint16_t first_register = 0;
    std::uint16_t registers = 1;
    Way way = Way::cloud;
    std::uint8_t modbus_unit = 0;
    std::uint8_t function = 6;
    double settle = 0;  // seconds
    Evidence evidence = Evidence::inferred;
    std::string source;
    std::size_t slot = 0;  // the first of its values in a row of the block's decoder
    int item = 0;          // of a time slot: its number, from 1

    // The words that may be wished; none of a number.
    [[nodiscard]] std::vector<std::string> words() const {
      return kind == SettingKind::boolean ? std::vector<std::string>{"ON", "OFF"} : options;
    }
  };

  Setting(Facts facts, std::shared_ptr<const Decoder> decoder);

  [[nodiscard]] const Facts& facts() const { return facts_; }
  [[nodiscard]] const std::string& path() const { return facts_.path; }

  // No source tells how much this model takes: every wish is refused until narrow() has given the highest value.
  [[nodiscard]] bool needs_limit() const;
  // Bounds by the owner's configuration. False, and nothing changes, if this is no number or they would widen what the
  // data allow.
  bool narrow(std::optional<double> min, std::optional<double> max);

  // What to write so that the wish comes true. `current` must reach over the setting's registers and the fields that
  // its conditions name; bits of the registers that belong to others stay as they are there.
  [[nodiscard]] std::variant<RegisterWrite, WishRefused> encode(std::string_view wish, BlockData current) const;
  // The check alone, without what depends on the present state.
  [[nodiscard]] std::optional<WishRefused> check(std::string_view wish) const;

  // The present value in the form of its topic; empty: not known, or nothing that could be wished.
  [[nodiscard]] std::string read(BlockData current) const;
  // The same of a row that a decoder of this block for this model has filled.
  [[nodiscard]] std::string read(const Row& row) const;
  // Whether the station now has what was wished.
  [[nodiscard]] bool holds(std::string_view wish, BlockData read_back) const;
  // Whether two texts mean the same value: "80" and "80.0".
  [[nodiscard]] bool is_same(std::string_view one, std::string_view other) const;

  // The registers as they are, as a write: to probe a station that was never written to, or to take a change back.
  [[nodiscard]] std::optional<RegisterWrite> unchanged(BlockData current) const;

 private:
  [[nodiscard]] Row decoded(BlockData current) const;
  [[nodiscard]] std::optional<std::string> read_slot(std::size_t slot, const Row& row) const;
  [[nodiscard]] std::optional<TimeSlot> time_slot_at(int item, const Row& row) const;
  [[nodiscard]] std::optional<WishRefused> check_requirement(const Requirement& requirement, std::string_view wish,
                                                             const Row& now) const;
  [[nodiscard]] std::optional<WishRefused> check_requirements(std::string_view wish, const Row& now) const;
  [[nodiscard]] std::optional<WishRefused> check_neighbours(const TimeSlot& wish, const Row& now) const;
  [[nodiscard]] bool put_time_slot(const TimeSlot& slot, std::span<std::byte> data) const;
  [[nodiscard]] bool put(std::string_view wish, std::span<std::byte> data) const;

  Facts facts_;
  std::shared_ptr<const Decoder> decoder_;
};

// All settings of a model by one way. Compiles its blocks: make one per model and keep it.
class SettingsOfModel {
 public:
  SettingsOfModel(const Catalog& catalog, const Model& model, Way way = Way::cloud);

  [[nodiscard]] const std::vector<Setting>& all() const { return settings_; }
  [[nodiscard]] std::vector<Setting>& all() { return settings_; }
  [[nodiscard]] const Setting* find(std::string_view path) const;  // nullptr: may not be written

  // Why find() knows nothing of this path: it is only read, or no such thing exists ("did you mean ...").
  [[nodiscard]] std::string why_not(std::string_view path) const;

 private:
  std::vector<Setting> settings_;
  std::vector<std::string> read_only_;  // paths
  std::string model_;
};

}  // namespace bluetti::schemas
