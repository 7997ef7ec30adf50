// SPDX-License-Identifier: MIT
// A block's schema built in code instead of written as a file. Nothing is checked here: SchemaRegistry does, with the
// same rules and messages as for files. Each function returns its object, to be called one after the other:
//
//   bluetti::BlockSchema heater(22000, "heater");
//   heater.registers(2)
//       .field(bluetti::FieldSchema::u16("temperature", 22000).transform(bluetti::scale(0.1)).unit("°C"))
//       .field(bluetti::FieldSchema::enumeration("state", 22001, {{0, "off"}, {1, "heating"}}));
#pragma once

#include <bluetti/export.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bluetti {

// One step from the number in the registers to the value; steps are taken in their order.
struct TransformSchema {
  std::string text;  // as in a schema file: "scale:0.1"
};
[[nodiscard]] BLUETTI_API TransformSchema absolute();                   // without its sign
[[nodiscard]] BLUETTI_API TransformSchema scale(double factor);         // times `factor`
[[nodiscard]] BLUETTI_API TransformSchema minus(double subtrahend);     // less `subtrahend`
[[nodiscard]] BLUETTI_API TransformSchema bitmask(std::uint64_t mask);  // only these bits
[[nodiscard]] BLUETTI_API TransformSchema shift(int places);            // so many bits to the right
[[nodiscard]] BLUETTI_API TransformSchema clamp(double lowest, double highest);
// One of the entries of a list of switches packed into 16 bits.
[[nodiscard]] BLUETTI_API TransformSchema hex_enable_list(int mode, int index);

// One value of a block. `address` is that of its first register.
class BLUETTI_API FieldSchema {
 public:
  using Options = std::vector<std::pair<std::int64_t, std::string>>;  // codes and their names

  [[nodiscard]] static FieldSchema u8(std::string name, std::uint16_t address);  // the low byte
  [[nodiscard]] static FieldSchema s8(std::string name, std::uint16_t address);
  [[nodiscard]] static FieldSchema u16(std::string name, std::uint16_t address);
  [[nodiscard]] static FieldSchema s16(std::string name, std::uint16_t address);
  [[nodiscard]] static FieldSchema u32(std::string name, std::uint16_t address);
  [[nodiscard]] static FieldSchema s32(std::string name, std::uint16_t address);
  [[nodiscard]] static FieldSchema u64(std::string name, std::uint16_t address);
  [[nodiscard]] static FieldSchema boolean(std::string name, std::uint16_t address);
  [[nodiscard]] static FieldSchema enumeration(std::string name, std::uint16_t address, const Options& options);
  [[nodiscard]] static FieldSchema text(std::string name, std::uint16_t address, int bytes);

  FieldSchema& title(std::string_view title);
  FieldSchema& unit(std::string_view unit);  // "V"
  FieldSchema& transform(const TransformSchema& step);
  FieldSchema& high_register_first();          // of a number of several registers
  FieldSchema& range(double min, double max);  // other values are absent
  FieldSchema& absent(std::int64_t code);      // the number that stands for no value
  FieldSchema& secret();                       // never given to anybody

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string toml() const;  // as a row of a schema file

 private:
  FieldSchema(std::string name, std::string_view type, std::uint16_t address);
  FieldSchema& set(std::string_view key, std::string_view value);
  FieldSchema& set_text(std::string_view key, std::string_view value);

  std::string name_;
  std::string keys_;
  std::vector<std::string> transforms_;
};

class BLUETTI_API BlockSchema {
 public:
  // `first_register` is also the block's id; `name` consists of [a-z0-9_].
  BlockSchema(std::uint16_t first_register, std::string name);

  BlockSchema& registers(int count);                // to be read; else up to the last field
  BlockSchema& group(std::string_view poll_group);  // "core"; else its own name
  BlockSchema& field(const FieldSchema& field);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string toml() const;  // as a schema file

 private:
  std::uint16_t id_;
  std::string name_;
  std::string poll_;
  int registers_ = 0;
  std::string rows_;
};

}  // namespace bluetti
