// SPDX-License-Identifier: MIT
#include <bluetti/block_schema.h>
#include <fmt/format.h>

namespace bluetti {
namespace {

// A basic string of TOML.
std::string toml_text(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x20 || code == 0x7f) {
      result += fmt::format("\\u{:04x}", code);
    } else {
      result += letter;
    }
  }
  return result + '"';
}

}  // namespace

TransformSchema absolute() {
  return {"abs"};
}
TransformSchema scale(double factor) {
  return {fmt::format("scale:{}", factor)};
}
TransformSchema minus(double subtrahend) {
  return {fmt::format("minus:{}", subtrahend)};
}
TransformSchema bitmask(std::uint64_t mask) {
  return {fmt::format("bitmask:0x{:x}", mask)};
}
TransformSchema shift(int places) {
  return {fmt::format("shift:{}", places)};
}
TransformSchema clamp(double lowest, double highest) {
  return {fmt::format("clamp:{}:{}", lowest, highest)};
}
TransformSchema hex_enable_list(int mode, int index) {
  return {fmt::format("hex_enable_list:{}:{}", mode, index)};
}

FieldSchema::FieldSchema(std::string name, std::string_view type, std::uint16_t address) : name_(std::move(name)) {
  set_text("name", name_).set_text("type", type).set("register", fmt::format("{}", address));
}

FieldSchema& FieldSchema::set(std::string_view key, std::string_view value) {
  keys_ += fmt::format("{}{} = {}", keys_.empty() ? "" : ", ", key, value);
  return *this;
}

FieldSchema& FieldSchema::set_text(std::string_view key, std::string_view value) {
  return set(key, toml_text(value));
}

FieldSchema FieldSchema::u8(std::string name, std::uint16_t address) {
  return {std::move(name), "u8", address};
}
FieldSchema FieldSchema::s8(std::string name, std::uint16_t address) {
  return {std::move(name), "s8", address};
}
FieldSchema FieldSchema::u16(std::string name, std::uint16_t address) {
  return {std::move(name), "u16", address};
}
FieldSchema FieldSchema::s16(std::string name, std::uint16_t address) {
  return {std::move(name), "s16", address};
}
FieldSchema FieldSchema::u32(std::string name, std::uint16_t address) {
  return {std::move(name), "u32", address};
}
FieldSchema FieldSchema::s32(std::string name, std::uint16_t address) {
  return {std::move(name), "s32", address};
}
FieldSchema FieldSchema::u64(std::string name, std::uint16_t address) {
  return {std::move(name), "u64", address};
}
FieldSchema FieldSchema::boolean(std::string name, std::uint16_t address) {
  return {std::move(name), "bool", address};
}

FieldSchema FieldSchema::enumeration(std::string name, std::uint16_t address, const Options& options) {
  FieldSchema field{std::move(name), "enum", address};
  std::string names;
  for (const auto& [code, option] : options) {
    names += fmt::format("{}{} = {}", names.empty() ? "" : ", ", code, toml_text(option));
  }
  field.set("options", "{ " + names + " }");
  return field;
}

FieldSchema FieldSchema::text(std::string name, std::uint16_t address, int bytes) {
  FieldSchema field{std::move(name), "text", address};
  field.set("length", fmt::format("{}", bytes));
  return field;
}

FieldSchema& FieldSchema::title(std::string_view title) {
  return set_text("title", title);
}
FieldSchema& FieldSchema::unit(std::string_view unit) {
  return set_text("unit", unit);
}
FieldSchema& FieldSchema::high_register_first() {
  return set_text("order", "high");
}
FieldSchema& FieldSchema::absent(std::int64_t code) {
  return set("absent", fmt::format("[{}]", code));
}
FieldSchema& FieldSchema::secret() {
  return set("secret", "true");
}

FieldSchema& FieldSchema::range(double min, double max) {
  return set("min", fmt::format("{}", min)).set("max", fmt::format("{}", max));
}

FieldSchema& FieldSchema::transform(const TransformSchema& step) {
  transforms_.push_back(toml_text(step.text));
  return *this;
}

std::string FieldSchema::toml() const {
  const std::string chain = transforms_.empty() ? "" : fmt::format(", transforms = [{}]", fmt::join(transforms_, ", "));
  return fmt::format("{{ {}{} }}", keys_, chain);
}

BlockSchema::BlockSchema(std::uint16_t first_register, std::string name)
    : id_(first_register), name_(std::move(name)), poll_(name_) {}

BlockSchema& BlockSchema::registers(int count) {
  registers_ = count;
  return *this;
}

BlockSchema& BlockSchema::group(std::string_view poll_group) {
  poll_ = poll_group;
  return *this;
}

BlockSchema& BlockSchema::field(const FieldSchema& field) {
  rows_ += fmt::format("  {},\n", field.toml());
  return *this;
}

std::string BlockSchema::toml() const {
  const std::string registers = registers_ > 0 ? fmt::format("registers = {}\n", registers_) : "";
  return fmt::format(
      "id = {}\nname = {}\npoll = {}\n{}evidence = \"inferred\"\nsource = \"built by the application\"\n"
      "fields = [\n{}]\n",
      id_, toml_text(name_), toml_text(poll_), registers, rows_);
}

}  // namespace bluetti
