// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

constexpr int kMostBytes = 8192;
constexpr int kLongestText = 255;  // kMaxFormatted has room for this
constexpr std::array<std::string_view, 16> kUnits{"W",  "VA", "var", "kWh", "Wh", "V", "mV",  "A",
                                                  "Hz", "°C", "%",   "min", "h",  "s", "dBm", "Ah"};
constexpr std::array<std::string_view, 11> kKinds{"battery", "stored_energy", "problem",        "connectivity",
                                                  "power",   "mains",         "plain",          "firmware",
                                                  "model",   "personal",      "update_progress"};

constexpr auto kTypes = std::to_array<Choice<Type>>({{"u8", Type::u8},
                                                     {"s8", Type::s8},
                                                     {"u16", Type::u16},
                                                     {"s16", Type::s16},
                                                     {"u32", Type::u32},
                                                     {"s32", Type::s32},
                                                     {"u64", Type::u64},
                                                     {"f32", Type::f32},
                                                     {"bool", Type::boolean},
                                                     {"enum", Type::enumeration},
                                                     {"bitmap", Type::bitmap},
                                                     {"text", Type::text},
                                                     {"serial", Type::serial},
                                                     {"version", Type::version},
                                                     {"ipv4", Type::ipv4},
                                                     {"clock", Type::clock}});
constexpr auto kNumberTypes = std::span(kTypes).first<7>();

bool is_coded(Type type) {
  return type == Type::enumeration || type == Type::boolean;
}
bool is_calculated(Type type) {
  return type <= Type::bitmap;
}

// Bits of a float are no digits, and a bias is beyond its purpose: all that is left is a factor.
bool is_float_scale(const Transform& transform) {
  return transform.kind == Transform::Kind::scale;
}

// Bits of a register have neighbours, whose codes are not this number's.
bool is_whole(const Field& field) {
  return std::ranges::none_of(field.transforms, [](const Transform& transform) {
    return transform.kind == Transform::Kind::bitmask || transform.kind == Transform::Kind::shift ||
           transform.kind == Transform::Kind::hex_enable_list;
  });
}

// What can say by all bits set that there is no value. One byte is too few to be sure, a negative number may be -1, and
// a code that has a name is one.
bool can_lack(const Field& field) {
  const auto ones = static_cast<std::int64_t>(~std::uint64_t{0} >> (64 - 8 * std::clamp(field.size, 1, 8)));
  if (field.type == Type::enumeration && std::ranges::find(field.options, ones, &Option::code) != field.options.end()) {
    return false;
  }
  const Type type = field.type == Type::enumeration ? field.base : field.type;
  const bool is_long = type == Type::u16 || type == Type::u32 || type == Type::u64 || type == Type::serial ||
                       type == Type::version || (type == Type::bitmap && field.size > 1);
  return is_long && is_whole(field);
}

// The key is read only where it has a meaning; elsewhere its presence is a mistake worth telling.
bool belongs(TableReader& row, std::string_view key, bool has_meaning, std::string_view to_what) {
  if (!row.has(key)) return false;
  if (!has_meaning) row.report(key, in_quotes(key) + " belongs to " + std::string(to_what));
  return has_meaning;
}

void read_size(TableReader& row, Field& field) {
  field.size = size_of(field.type);
  if (belongs(row, "base", is_coded(field.type), "the types enum and bool")) {
    field.base = row.choice<Type>("base", kNumberTypes).value_or(Type::u16);
  }
  if (is_coded(field.type)) field.size = size_of(field.base);
  if (belongs(row, "width", field.type == Type::bitmap, "the type bitmap")) {
    const int width = row.small("width", 8, 64).value_or(16);
    if (width != 8 && width != 16 && width != 32 && width != 64) row.report("width", "'width' must be 8, 16, 32 or 64");
    field.size = width / 8;
  }
  if (belongs(row, "length", field.type == Type::text, "the type text")) {
    field.size = row.small("length", 1, kLongestText).value_or(1);
  } else if (field.type == Type::text && row.require("length")) {
    field.size = 1;
  }
}

// A float tells nothing of how exact it is, so the row has to.
void read_decimals(TableReader& row, Field& field) {
  const bool is_float = field.type == Type::f32;
  if (belongs(row, "decimals", is_float, "the type f32")) {
    field.decimals = row.small("decimals", 0, kMostDecimals).value_or(0);
  } else if (is_float) {
    row.require("decimals");
  }
  const bool only_scales = std::ranges::all_of(field.transforms, is_float_scale);
  if (is_float && !only_scales) row.report(row.where(), "the type f32 takes no transforms but a scale");
}

void read_offset(TableReader& row, const RowDefaults& defaults, Field& field) {
  const bool by_register = row.has("register");
  const auto place = read_place(row, defaults.first_register);
  if (!place && !by_register && !row.has("offset")) {
    row.report(row.where(), "a field needs one of the keys 'register' and 'offset'");
  }
  field.offset = place.value_or(0);
  const bool one_byte = field.size == 1 && field.type != Type::text;
  constexpr auto kHalves = std::to_array<Choice<int>>({{"high", 0}, {"low", 1}});
  int half = 1;
  if (belongs(row, "half", one_byte && by_register, "one-byte types placed by 'register'")) {
    half = row.choice<int>("half", kHalves).value_or(1);
  }
  if (one_byte && by_register) field.offset += half;
}

void read_codes(TableReader& row, Field& field) {
  const bool has_names = field.type == Type::enumeration || field.type == Type::bitmap;
  if (belongs(row, "options", has_names, "the types enum and bitmap")) {
    field.options = read_options(row, field.type == Type::bitmap);
  } else if (field.type == Type::enumeration) {
    row.require("options");
  }
  const bool boolean = field.type == Type::boolean;
  if (belongs(row, "on", boolean, "the type bool")) field.on = row.integers("on").value_or(field.on);
  if (belongs(row, "off", boolean, "the type bool")) field.off = row.integers("off").value_or(field.off);
  for (const std::int64_t code : field.on) {
    if (std::find(field.off.begin(), field.off.end(), code) == field.off.end()) continue;
    row.report("on", "code " + std::to_string(code) + " is both on and off");
  }
  if (boolean && (field.on.empty() || field.off.empty()))
    row.report("on", "a bool needs a code for on and one for off");
}

void read_array(TableReader& row, Field& field) {
  const auto stride = read_stride(row);
  if (row.has("count")) {
    field.count = row.small("count", 1, kMostItems).value_or(0);
    field.stride = stride.value_or(field.size);
    if (field.stride < field.size) {
      row.report("stride", "items of " + std::to_string(field.size) + " bytes need a stride of at least as many");
    }
  } else if (stride) {
    row.report(row.has("stride") ? "stride" : "stride_bytes", "a stride belongs to 'count'");
  }
}

std::optional<Condition> read_condition(TableReader& row) {
  const Node* node = row.find("when");
  if (node == nullptr) return std::nullopt;
  TableReader table(*node, "'when'", row.problems());
  Condition condition;
  if (table.require("field")) condition.field = table.name("field").value_or("");
  if (table.require("is")) condition.codes = table.integers("is").value_or(std::vector<std::int64_t>());
  table.finish();
  return condition;
}

// The codes may be left out on one side: then it never goes that way.
std::optional<Direction> read_direction(TableReader& row) {
  const Node* node = row.find("direction");
  if (node == nullptr) return std::nullopt;
  TableReader table(*node, "'direction'", row.problems());
  Direction direction;
  if (table.require("field")) direction.field = table.name("field").value_or("");
  direction.positive = table.integers("positive").value_or(direction.positive);
  direction.negative = table.integers("negative").value_or(direction.negative);
  if (direction.positive.empty() && direction.negative.empty()) {
    table.report(table.where(), "'direction' needs codes for 'positive' or 'negative'");
  }
  for (const std::int64_t code : direction.positive) {
    if (std::find(direction.negative.begin(), direction.negative.end(), code) == direction.negative.end()) continue;
    table.report("positive", "code " + std::to_string(code) + " is both positive and negative");
  }
  table.finish();
  return direction;
}

std::vector<Option> read_named_codes(TableReader& table, const Node::Table& entries) {
  std::vector<Option> options;
  for (const Entry& entry : entries) {
    const auto code = parse_integer(entry.key);
    const auto* name = std::get_if<std::string>(&entry.node.value);
    if (!code) table.report(entry.where, "the code " + in_quotes(entry.key) + " must be an integer");
    if (name == nullptr || name->empty()) table.report(entry.node.where, "the name of a code must be a text");
    if (code && name != nullptr) options.push_back({*code, *name});
  }
  return options;
}

// In the order of the bits; an empty text is a bit without a name.
std::vector<Option> read_names_of_bits(TableReader& table, const Node::Array& list) {
  std::vector<Option> options;
  for (std::size_t bit = 0; bit < list.size(); ++bit) {
    const auto* name = std::get_if<std::string>(&list[bit].value);
    if (name == nullptr) {
      table.report(list[bit].where, "the name of a bit must be a text");
    } else if (!name->empty()) {
      options.push_back({static_cast<std::int64_t>(bit), *name});
    }
  }
  return options;
}

Simulated read_simulated(TableReader& row) {
  const Node* node = row.find("simulate");
  if (node == nullptr) return {};
  if (const auto* text = std::get_if<std::string>(&node->value)) return *text;
  if (const auto* boolean = std::get_if<bool>(&node->value)) return *boolean ? 1.0 : 0.0;
  if (const auto value = row.number("simulate")) return *value;
  return {};
}

Prominence default_prominence(const Field& field) {
  const bool obscure = field.type == Type::bitmap || field.type == Type::version || field.type == Type::ipv4 ||
                       field.type == Type::serial || (field.is_numeric() && field.unit.empty());
  return obscure || field.evidence == Evidence::inferred ? Prominence::disabled : Prominence::primary;
}

void read_role(TableReader& row, const RowDefaults& defaults, Field& field) {
  constexpr auto kAccess = std::to_array<Choice<Access>>({{"r", Access::read_only}, {"rw", Access::read_write}});
  field.evidence = read_evidence(row).value_or(defaults.evidence.value_or(Evidence::inferred));
  read_appearance(row, defaults, field);
  field.access = row.choice<Access>("access", kAccess).value_or(Access::read_only);
  field.write = read_write_rule(row);
  if (field.write) field.access = Access::read_write;
  field.secret = row.boolean("secret").value_or(false);
  field.simulate = read_simulated(row);
}

}  // namespace

void read_unit(TableReader& row, Field& field) {
  if (!belongs(row, "unit", field.is_numeric(), "number types")) return;
  field.unit = row.text("unit").value_or("");
  if (std::find(kUnits.begin(), kUnits.end(), field.unit) != kUnits.end()) return;
  if (!field.unit.empty()) row.report("unit", "unknown unit " + in_quotes(field.unit) + suggestion(field.unit, kUnits));
}

void read_bounds(TableReader& row, Field& field) {
  if (belongs(row, "min", field.is_numeric(), "number types")) field.min = row.number("min");
  if (belongs(row, "max", field.is_numeric(), "number types")) field.max = row.number("max");
  if (field.min && field.max && *field.min > *field.max) row.report("min", "'min' is greater than 'max'");
}

void read_appearance(TableReader& row, const RowDefaults& defaults, Field& field) {
  const auto prominence = read_prominence(row);
  field.prominence = prominence ? *prominence : defaults.prominence.value_or(default_prominence(field));
  field.kind = row.text("kind").value_or("");
  if (!field.kind.empty() && std::find(kKinds.begin(), kKinds.end(), field.kind) == kKinds.end()) {
    row.report("kind", "unknown kind " + in_quotes(field.kind) + suggestion(field.kind, kKinds));
  }
}

std::optional<bool> read_all_ones(TableReader& table) {
  constexpr auto kMeanings = std::to_array<std::pair<std::string_view, bool>>({{"absent", true}, {"number", false}});
  return table.choice<bool>("all_ones", kMeanings);
}

std::optional<Order> read_order(TableReader& table) {
  constexpr auto kOrders =
      std::to_array<Choice<Order>>({{"low", Order::low_register_first}, {"high", Order::high_register_first}});
  return table.choice<Order>("order", kOrders);
}

std::optional<bool> read_swapped_text(TableReader& table) {
  constexpr auto kTexts = std::to_array<Choice<bool>>({{"swapped", true}, {"plain", false}});
  return table.choice<bool>("text", kTexts);
}

std::vector<Option> read_options(TableReader& table, bool of_bits) {
  const Node* node = table.find("options");
  if (node == nullptr) return {};
  const auto* list = std::get_if<Node::Array>(&node->value);
  if (of_bits && list != nullptr) return read_names_of_bits(table, *list);
  const auto* entries = std::get_if<Node::Table>(&node->value);
  if (entries == nullptr || (entries->empty() && !of_bits)) {
    table.report("options", "'options' must be a table of codes and names");
    return {};
  }
  std::vector<Option> options = read_named_codes(table, *entries);
  std::sort(options.begin(), options.end(), [](const Option& a, const Option& b) { return a.code < b.code; });
  const auto twice = std::adjacent_find(options.begin(), options.end(),
                                        [](const Option& a, const Option& b) { return a.code == b.code; });
  if (twice != options.end()) table.report("options", "code " + std::to_string(twice->code) + " is named twice");
  return options;
}

std::optional<int> read_place(TableReader& table, int first_register) {
  if (table.has("register") && table.has("offset")) {
    table.report("offset", "'register' and 'offset' exclude each other");
  }
  if (table.has("register")) {
    const auto address = table.small("register", first_register, first_register + kMostBytes / 2);
    if (!address) return std::nullopt;
    return (*address - first_register) * 2;
  }
  return table.small("offset", 0, kMostBytes);
}

std::optional<int> read_stride(TableReader& table) {
  if (table.has("stride") && table.has("stride_bytes")) {
    table.report("stride_bytes", "'stride' and 'stride_bytes' exclude each other");
  }
  if (!table.has("stride")) return table.small("stride_bytes", 1, kMostBytes);
  const auto registers = table.small("stride", 1, kMostBytes / 2);
  if (!registers) return std::nullopt;
  return *registers * 2;
}

Field read_field(const Node& node, const RowDefaults& defaults, std::vector<Problem>& problems) {
  TableReader row(node, "a field", problems);
  Field field;
  field.where = row.where();
  if (row.require("name")) field.name = row.name("name").value_or("");
  if (row.require("type")) field.type = row.choice<Type>("type", kTypes).value_or(Type::u16);
  read_size(row, field);
  read_offset(row, defaults, field);
  field.order = defaults.order;
  if (const auto order = read_order(row)) field.order = *order;
  field.swapped_text = defaults.swapped_text;
  if (belongs(row, "text", field.type == Type::text, "the type text")) {
    field.swapped_text = read_swapped_text(row).value_or(field.swapped_text);
  }
  read_scaling(row, field);
  if (!field.transforms.empty() && !is_calculated(field.type)) {
    row.report(row.where(), "the type " + std::string(name_of(field.type)) + " takes no transforms");
  }
  read_decimals(row, field);
  read_unit(row, field);
  if (belongs(row, "parts", field.type == Type::version, "the type version")) {
    field.version_parts = row.small("parts", 2, 3).value_or(field.version_parts);
  }
  read_codes(row, field);
  read_bounds(row, field);
  if (const std::string message = refusal_of_scales(field); !message.empty()) row.report("scale", message);
  read_array(row, field);
  field.absent = row.integers("absent").value_or(field.absent);
  field.ones_are_absent = defaults.ones_are_absent && can_lack(field);
  if (belongs(row, "all_ones", can_lack(field),
              "serial, version, and whole registers that hold a u16, u32, u64, bitmap, or enum without that code")) {
    field.ones_are_absent = read_all_ones(row).value_or(field.ones_are_absent);
  }
  field.when = read_condition(row);
  if (belongs(row, "direction", field.is_numeric() && field.count == 0, "single numbers")) {
    field.direction = read_direction(row);
  }
  if (belongs(row, "sign", field.is_numeric(), "number types")) field.sign = row.text("sign").value_or("");
  field.shares = row.name("shares").value_or("");
  field.min_protocol_version = std::max(row.small("protocol", 0, 65535).value_or(0), defaults.min_protocol_version);
  const auto title = row.text("title");
  field.title = title ? *title : title_of(defaults.title_prefix + "_" + field.name);
  read_role(row, defaults, field);
  row.finish();
  return field;
}

std::vector<Field> read_fields(TableReader& table, const RowDefaults& defaults) {
  std::vector<Field> fields;
  const Node* node = table.find("fields");
  if (node == nullptr) return fields;
  const auto* rows = std::get_if<Node::Array>(&node->value);
  if (rows == nullptr) {
    table.report("fields", "'fields' must be a list of tables");
    return fields;
  }
  for (const Node& row : *rows) fields.push_back(read_field(row, defaults, table.problems()));
  return fields;
}

}  // namespace bluetti::schemas
