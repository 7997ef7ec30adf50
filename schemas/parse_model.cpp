// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "schemas/catalog.h"
#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

// Calls use(entry) for each key of a table of numbers; the values are for `use` to check.
template <typename Use>
void each_entry(TableReader& table, std::string_view key, Use use) {
  const Node* node = table.find(key);
  if (node == nullptr) return;
  const auto* entries = std::get_if<Node::Table>(&node->value);
  if (entries == nullptr) return table.report(key, in_quotes(key) + " must be a table");
  for (const Entry& entry : *entries) use(entry);
}

std::optional<std::uint16_t> to_address(std::int64_t value) {
  if (value < 0 || value > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

std::optional<std::uint16_t> block_of(std::string_view key) {
  const auto value = parse_integer(key);
  return value ? to_address(*value) : std::nullopt;
}

std::optional<double> number_of(const Node& node) {
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&node.value); real != nullptr && std::isfinite(*real)) return *real;
  return std::nullopt;
}

std::optional<std::vector<std::uint16_t>> read_addresses(TableReader& table, std::string_view key) {
  const auto values = table.integers(key);
  if (!values) return std::nullopt;
  std::vector<std::uint16_t> result;
  for (const std::int64_t value : *values) {
    const auto address = to_address(value);
    if (!address) {
      table.report(key, std::to_string(value) + " is no register address");
    } else if (std::find(result.begin(), result.end(), *address) != result.end()) {
      table.report(key, std::to_string(value) + " is listed twice");
    } else {
      result.push_back(*address);
    }
  }
  return result;
}

void read_registers(TableReader& table, Model& model) {
  each_entry(table, "registers", [&](const Entry& entry) {
    const auto block = block_of(entry.key);
    const auto* count = std::get_if<std::int64_t>(&entry.node.value);
    if (!block) {
      table.report(entry.where, in_quotes(entry.key) + " is no block");
    } else if (count == nullptr || *count < 1 || *count > kMostRegisters) {
      table.report(entry.node.where, "a block has 1 to " + std::to_string(kMostRegisters) + " registers");
    } else {
      model.registers[*block] = static_cast<int>(*count);
    }
  });
}

void read_poll(TableReader& table, Model& model) {
  each_entry(table, "poll", [&](const Entry& entry) {
    const auto seconds = number_of(entry.node);
    const auto block = block_of(entry.key);
    if (!seconds || *seconds < 0) {
      table.report(entry.node.where, "a poll interval is a number of seconds");
    } else if (block) {
      model.poll_block[*block] = *seconds;
    } else if (!is_name(entry.key)) {
      table.report(entry.where, in_quotes(entry.key) + " is neither a poll group nor a block");
    } else {
      model.poll[entry.key] = *seconds;
    }
  });
}

void read_units(TableReader& table, LanPlan& lan) {
  each_entry(table, "units", [&](const Entry& entry) {
    const auto block = block_of(entry.key);
    const auto* unit = std::get_if<std::int64_t>(&entry.node.value);
    if (!block) {
      table.report(entry.where, in_quotes(entry.key) + " is no block");
    } else if (unit == nullptr || *unit < 0 || *unit > 255) {
      table.report(entry.node.where, "a Modbus unit is a number from 0 to 255");
    } else {
      lan.units[*block] = static_cast<std::uint8_t>(*unit);
    }
  });
}

void read_further_units(TableReader& table, LanPlan& lan) {
  each_entry(table, "further_units", [&](const Entry& entry) {
    const auto block = block_of(entry.key);
    const auto* list = std::get_if<Node::Array>(&entry.node.value);
    if (!block) return table.report(entry.where, in_quotes(entry.key) + " is no block");
    if (list == nullptr) return table.report(entry.node.where, "'further_units' gives each block a list of units");
    for (const Node& item : *list) {
      const auto* unit = std::get_if<std::int64_t>(&item.value);
      if (unit == nullptr || *unit < 0 || *unit > 255) {
        table.report(item.where, "a Modbus unit is a number from 0 to 255");
      } else {
        lan.further_units[*block].push_back(static_cast<std::uint8_t>(*unit));
      }
    }
  });
}

void read_quirks(TableReader& table, LanPlan& lan) {
  constexpr auto kQuirks =
      std::to_array<std::pair<std::string_view, Quirk>>({{"frozen_by_other_units", Quirk::frozen_by_other_units},
                                                         {"shifted_runs", Quirk::shifted_runs},
                                                         {"silent_refusals", Quirk::silent_refusals}});
  for (const std::string& name : table.texts("quirks").value_or(std::vector<std::string>())) {
    const auto found = std::ranges::find(kQuirks, name, &std::pair<std::string_view, Quirk>::first);
    if (found != kQuirks.end()) {
      lan.quirks.push_back(found->second);
      continue;
    }
    std::vector<std::string_view> names;
    for (const auto& [known, quirk] : kQuirks) names.push_back(known);
    table.report("quirks", "unknown quirk " + in_quotes(name) + suggestion(name, names));
  }
  const bool has_other_units = lan.unit != 1 || !lan.units.empty() || !lan.further_units.empty();
  if (lan.has(Quirk::frozen_by_other_units) && has_other_units) {
    table.report("quirks", "'frozen_by_other_units': then no other unit than 1 may be asked");
  }
  if (lan.has(Quirk::shifted_runs) && lan.longest_read != 1) {
    table.report("quirks", "'shifted_runs': then 'longest_read' must be 1");
  }
}

LanPlan read_lan(TableReader& table) {
  LanPlan lan;
  const Node* node = table.find("lan");
  if (node == nullptr) return lan;
  TableReader reader(*node, "'lan'", table.problems());
  if (reader.require("blocks")) lan.blocks = read_addresses(reader, "blocks").value_or(lan.blocks);
  lan.unit = static_cast<std::uint8_t>(reader.small("unit", 0, 255).value_or(lan.unit));
  read_units(reader, lan);
  lan.longest_read = reader.small("longest_read", 1, kMostRegisters).value_or(lan.longest_read);
  lan.unserved = read_addresses(reader, "unserved").value_or(lan.unserved);
  read_further_units(reader, lan);
  read_quirks(reader, lan);
  reader.finish();
  return lan;
}

void read_parameters(TableReader& table, Model& model) {
  each_entry(table, "parameters", [&](const Entry& entry) {
    const auto value = number_of(entry.node);
    if (!is_name(entry.key)) table.report(entry.where, in_quotes(entry.key) + " must consist of a-z, 0-9 and _");
    if (!value || *value == 0) return table.report(entry.node.where, "a parameter is a number other than 0");
    model.parameters[entry.key] = *value;
  });
}

// Calls use(reader) for each table of [[key]].
template <typename Use>
void each_table(TableReader& table, std::string_view key, std::string_view what, Use use) {
  const Node* node = table.find(key);
  if (node == nullptr) return;
  const auto* items = std::get_if<Node::Array>(&node->value);
  if (items == nullptr) return table.report(key, "write " + in_quotes(key) + " as [[" + std::string(key) + "]]");
  for (const Node& item : *items) {
    TableReader reader(item, what, table.problems());
    use(reader);
    reader.finish();
  }
}

AbsentRule read_absent_rule(TableReader& reader) {
  AbsentRule rule;
  if (reader.require("value")) rule.value = reader.integer("value").value_or(0);
  if (reader.require("registers")) rule.registers = read_addresses(reader, "registers").value_or(rule.registers);
  return rule;
}

Override read_override(TableReader& reader) {
  Override result;
  result.where = reader.where();
  if (reader.require("block")) {
    result.block = static_cast<std::uint16_t>(reader.small("block", 0, 65535).value_or(0));
  }
  if (reader.require("field")) result.field = reader.text("field").value_or("");
  result.unit = reader.text("unit");
  result.title = reader.text("title");
  if (auto scales = read_versioned_scales(reader); !scales.empty()) {
    result.scales = std::move(scales);
  } else {
    result.scale = reader.number("scale");
  }
  if (result.scale && *result.scale == 0) reader.report("scale", "'scale' must not be 0");
  result.min = reader.number("min");
  result.max = reader.number("max");
  result.sign = reader.text("sign");
  result.prominence = read_prominence(reader);
  if (reader.has("options")) result.options = read_options(reader, true);
  result.absent = reader.integers("absent");
  return result;
}

void read_names(TableReader& table, Model& model) {
  model.where = table.where();
  if (table.require("name")) model.name = table.text("name").value_or("");
  if (table.has("name") && model.name.empty()) table.report("name", "'name' must not be empty");
  model.title = table.text("title").value_or(model.name);
  model.aliases = table.texts("aliases").value_or(std::vector<std::string>());
  model.vendor = table.text("vendor").value_or(model.vendor);
  if (model.vendor.empty()) table.report("vendor", "'vendor' must not be empty");
  model.cloud_name = table.text("cloud_name").value_or(model.name);
  if (model.cloud_name.find_first_of("/+#") != std::string::npos) {
    table.report(table.has("cloud_name") ? "cloud_name" : "name", "a part of a topic cannot contain '/', '+' or '#'");
  }
  model.extends = table.text("extends").value_or("");
  model.is_abstract = table.boolean("abstract").value_or(false);
}

void read_wire(TableReader& table, Model& model) {
  constexpr auto kEnvelopes = std::to_array<Choice<EnvelopeKind>>(
      {{"bare", EnvelopeKind::bare}, {"v1.0", EnvelopeKind::v1_0}, {"v1.2", EnvelopeKind::v1_2}});
  model.protocol_version = table.small("protocol_version", 1000, 65535).value_or(model.protocol_version);
  model.envelope = table.choice<EnvelopeKind>("envelope", kEnvelopes).value_or(model.envelope);
  model.unit = static_cast<std::uint8_t>(table.small("unit", 0, 247).value_or(model.unit));
}

void read_model_table(TableReader& table, Model& model) {
  read_names(table, model);
  read_wire(table, model);
  if (model.extends.empty()) table.require("evidence");
  model.evidence = read_evidence(table).value_or(model.evidence);
  model.source = table.text("source").value_or(model.source);
  if (auto blocks = read_addresses(table, "blocks")) model.blocks = std::move(*blocks);
  model.lan = read_lan(table);
  read_registers(table, model);
  read_poll(table, model);
  read_parameters(table, model);
  // Later rules win where both speak of the same thing, so those of the base stay in front.
  each_table(table, "absent", "an absent rule",
             [&](TableReader& reader) { model.absent.push_back(read_absent_rule(reader)); });
  each_table(table, "override", "an override",
             [&](TableReader& reader) { model.overrides.push_back(read_override(reader)); });
  model.write = read_write_defaults(table, model.write);
  // What was proven on one model is not proven on those that extend it.
  model.settings.clear();
  each_table(table, "setting", "a setting", [&](TableReader& reader) {
    for (SettingRule& rule : read_settings(reader)) model.settings.push_back(std::move(rule));
  });
}

}  // namespace

std::optional<Model> read_model(const Node& document, const Model& base, std::vector<Problem>& problems) {
  const std::size_t before = problems.size();
  TableReader table(document, "a model", problems);
  Model model = base;
  read_model_table(table, model);
  table.finish();
  sort_by_place(problems, before);
  if (problems.size() != before) return std::nullopt;
  return model;
}

std::optional<Model> parse_model(std::string_view file_name, std::string_view text, std::vector<Problem>& problems) {
  const auto document = read_document(file_name, text, problems);
  if (!document) return std::nullopt;
  return read_model(*document, Model(), problems);
}

}  // namespace bluetti::schemas
