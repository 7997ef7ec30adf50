// SPDX-License-Identifier: MIT
// What a block says, value by value. Plain values; any thread.
#pragma once

#include <bluetti/export.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bluetti {

enum class Presence : std::uint8_t {
  present,
  absent,  // the station says that it has no such value, or gave one out of bounds
  missing  // the registers that were read do not reach this far: nothing is known
};

enum class ValueType : std::uint8_t {
  number,   // std::int64_t, std::uint64_t or double, in `unit`
  boolean,  // bool
  option,   // std::string: the name of one of several states; its code where it has no name
  text      // std::string
};

struct BLUETTI_API Value {
  // std::monostate unless it is present.
  using Content = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string>;

  std::string path;  // below the station, as in its topics: "soc", "grid_phase/1/voltage"
  std::string title;
  std::string unit;  // "V"; empty: none
  ValueType type = ValueType::number;
  Presence presence = Presence::missing;
  bool verified = false;  // somebody has seen this on a real station
  Content content;

  [[nodiscard]] bool is_present() const noexcept { return presence == Presence::present; }
  // Nothing if it is not present or no number.
  [[nodiscard]] std::optional<double> number() const;
  // As it would be published: "230.1", "ON", "charging"; empty if it is not present.
  [[nodiscard]] std::string text() const;
};

// One block of one station, as it was read or pushed.
struct BLUETTI_API BlockValues {
  std::string station;  // serial number
  std::uint16_t block = 0;
  std::string name;  // of the block: "grid"
  std::chrono::system_clock::time_point time;
  std::vector<Value> values;             // in the order of the schema; secrets are left out
  std::uint16_t first_register = 0;      // of `registers`
  std::vector<std::uint16_t> registers;  // as they came; those that hold a secret are zero

  [[nodiscard]] const Value* find(std::string_view path) const;  // nullptr: the schema has no such value
  // Nothing if there is no such value, or it is not present, or no number.
  [[nodiscard]] std::optional<double> number(std::string_view path) const;
  [[nodiscard]] std::string text(std::string_view path) const;  // as Value::text(); empty also if there is none
};

// Registers that nobody has to have described.
struct Registers {
  std::string station;
  std::uint16_t first_register = 0;
  std::vector<std::uint16_t> registers;  // those that hold a secret are zero
};

}  // namespace bluetti
