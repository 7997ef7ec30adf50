// SPDX-License-Identifier: MIT
// The keys that say how something may be written: `write` of rows, groups and models, and [[setting]] of models.
#include <algorithm>
#include <array>

#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

constexpr double kLongestSettle = 60;  // seconds
constexpr std::array<std::string_view, 2> kConsents{"outputs", "grid"};

void read_limits(TableReader& table, WriteRule& rule) {
  rule.min = table.number("min");
  rule.max = table.number("max");
  rule.step = table.number("step");
  if (rule.min && rule.max && *rule.min > *rule.max) table.report("min", "'min' is greater than 'max'");
  if (rule.step && *rule.step <= 0) table.report("step", "'step' must be greater than 0");
  rule.options = table.texts("options").value_or(std::vector<std::string>());
  if (table.has("options") && rule.options.empty()) table.report("options", "'options' must name some");
}

void read_function(TableReader& table, WriteRule& rule) {
  const auto function = table.integer("function");
  if (!function) return;
  if (*function == 6 || *function == 16) {
    rule.function = static_cast<std::uint8_t>(*function);
  } else {
    table.report("function", "'function' must be 6 or 16");
  }
}

void read_timing(TableReader& table, WriteRule& rule) {
  if (const auto unit = table.small("unit", 0, 247)) rule.unit = static_cast<std::uint8_t>(*unit);
  rule.settle = table.number("settle");
  if (!rule.settle || (*rule.settle >= 0 && *rule.settle <= kLongestSettle)) return;
  table.report("settle", "'settle' must be 0 to 60 seconds");
}

void read_order_of_values(TableReader& table, WriteRule& rule) {
  if (auto field = table.name("below")) rule.requirements.push_back({Requirement::Kind::below, *field, {}});
  if (auto field = table.name("above")) rule.requirements.push_back({Requirement::Kind::above, *field, {}});
}

// needs = { energy_management = ["local"] }
void read_needs(TableReader& table, WriteRule& rule) {
  const Node* node = table.find("needs");
  if (node == nullptr) return;
  const auto* entries = std::get_if<Node::Table>(&node->value);
  if (entries == nullptr || entries->empty()) return table.report("needs", "'needs' must be a table of fields");
  TableReader fields(*node, "'needs'", table.problems());
  for (const Entry& entry : *entries) {
    auto values = fields.texts(entry.key).value_or(std::vector<std::string>());
    if (values.empty()) fields.report(entry.key, "name the values that " + in_quotes(entry.key) + " may have");
    rule.requirements.push_back({Requirement::Kind::is, entry.key, std::move(values)});
  }
}

void read_consent(TableReader& table, WriteRule& rule) {
  rule.consent = table.text("consent").value_or("");
  if (rule.consent.empty() || std::ranges::find(kConsents, rule.consent) != kConsents.end()) return;
  table.report("consent", "unknown consent " + in_quotes(rule.consent) + suggestion(rule.consent, kConsents));
}

void read_rule(TableReader& table, WriteRule& rule) {
  rule.where = table.where();
  read_limits(table, rule);
  read_function(table, rule);
  read_timing(table, rule);
  read_order_of_values(table, rule);
  read_needs(table, rule);
  read_consent(table, rule);
}

}  // namespace

std::optional<WriteRule> read_write_rule(TableReader& row) {
  const Node* node = row.find("write");
  if (node == nullptr) return std::nullopt;
  TableReader table(*node, "'write'", row.problems());
  WriteRule rule;
  read_rule(table, rule);
  table.finish();
  return rule;
}

WriteRule read_write_defaults(TableReader& model, const WriteRule& base) {
  const Node* node = model.find("write");
  if (node == nullptr) return base;
  TableReader table(*node, "'write'", model.problems());
  WriteRule rule = base;
  read_timing(table, rule);
  table.finish();
  if (!rule.unit) rule.unit = base.unit;
  if (!rule.settle) rule.settle = base.settle;
  return rule;
}

std::vector<SettingRule> read_settings(TableReader& table) {
  SettingRule rule;
  rule.where = table.where();
  table.require("field");
  const auto fields = table.texts("field").value_or(std::vector<std::string>());
  rule.way = read_way(table).value_or(Way::cloud);
  read_rule(table, rule.write);
  if (table.require("evidence")) rule.evidence = read_evidence(table).value_or(Evidence::inferred);
  if (table.require("source")) rule.source = table.text("source").value_or("");
  std::vector<SettingRule> rules;
  for (const std::string& field : fields) {
    rule.field = field;
    rules.push_back(rule);
  }
  return rules;
}

}  // namespace bluetti::schemas
