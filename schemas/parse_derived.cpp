// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "schemas/override.h"
#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

constexpr auto kOperations = std::to_array<Choice<Operation>>({{"product", Operation::product},
                                                               {"sum", Operation::sum},
                                                               {"difference", Operation::difference},
                                                               {"quotient", Operation::quotient},
                                                               {"spread", Operation::spread},
                                                               {"minimum", Operation::minimum},
                                                               {"maximum", Operation::maximum},
                                                               {"mean", Operation::mean},
                                                               {"split_phase", Operation::split_phase},
                                                               {"integral", Operation::integral},
                                                               {"drift", Operation::drift}});

bool takes_single_values(Operation operation) {
  return operation == Operation::product || operation == Operation::difference || operation == Operation::quotient;
}

int default_decimals(Operation operation, std::string_view unit) {
  if (operation == Operation::integral) return unit == "kWh" ? 2 : 0;
  if (unit == "W" || unit == "VA" || unit == "var" || operation == Operation::drift) return 0;
  return unit == "V" && operation != Operation::split_phase ? 3 : 1;
}

// An array, or a field that each item of a group has.
bool is_many(const Block& block, std::string_view name, const Field& field) {
  if (field.count != 0) return true;
  const Group* group = block.group(name.substr(0, name.find('.')));
  return name.find('.') != std::string_view::npos && group != nullptr && !group->is_record();
}

bool is_named_in(const Node::Array& rows, std::string_view name) {
  return std::any_of(rows.begin(), rows.end(), [name](const Node& row) {
    const auto* entries = std::get_if<Node::Table>(&row.value);
    return entries != nullptr && std::any_of(entries->begin(), entries->end(), [name](const Entry& entry) {
             const auto* text = std::get_if<std::string>(&entry.node.value);
             return entry.key == "name" && text != nullptr && *text == name;
           });
  });
}

// A result is as certain as the least certain of its inputs, and as secret as the most secret.
void take_over(const Field& input, Field& derived) {
  derived.evidence = std::max(derived.evidence, input.evidence);
  derived.min_protocol_version = std::max(derived.min_protocol_version, input.min_protocol_version);
  derived.secret = derived.secret || input.secret;
}

class DerivedReader {
 public:
  DerivedReader(const Node::Array& rows, const RowDefaults& defaults, const Block& block)
      : rows_(rows), defaults_(defaults), block_(block) {}

  Field read(const Node& node, std::vector<Problem>& problems) const {
    TableReader row(node, "a derived row", problems);
    Field field;
    field.where = row.where();
    field.type = Type::s32;
    field.size = 0;
    field.evidence = Evidence::verified;
    field.min_protocol_version = defaults_.min_protocol_version;
    if (row.require("name")) field.name = row.name("name").value_or("");
    field.title = row.text("title").value_or(title_of(defaults_.title_prefix + "_" + field.name));
    read_unit(row, field);
    read_bounds(row, field);
    field.derive = read_derivation(row, field);
    read_appearance(row, defaults_, field);
    row.finish();
    return field;
  }

 private:
  Derivation read_derivation(TableReader& row, Field& field) const {
    Derivation derivation;
    const auto operation = row.require("how") ? row.choice<Operation>("how", kOperations) : std::nullopt;
    derivation.operation = operation.value_or(Operation::sum);
    if (row.require("from")) derivation.inputs = row.texts("from").value_or(derivation.inputs);
    const std::size_t before = row.problems().size();
    for (const std::string& name : derivation.inputs) read_input(row, name, derivation.operation, field);
    if (operation && row.has("from") && row.problems().size() == before) check(row, derivation, field);
    derivation.decimals =
        row.small("decimals", 0, kMostDecimals).value_or(default_decimals(derivation.operation, field.unit));
    derivation.scale = row.number("scale").value_or(1);
    if (derivation.scale == 0) row.report("scale", "'scale' must not be 0");
    return derivation;
  }

  void check(TableReader& row, const Derivation& derivation, const Field& field) const {
    switch (derivation.operation) {
      case Operation::integral:
        return check_integral(row, derivation, field);
      case Operation::drift:
        return check_drift(row, derivation, field);
      case Operation::split_phase:
        return check_split_phase(row, derivation);
      default:
        return check_inputs(row, derivation);
    }
  }

  void read_input(TableReader& row, const std::string& name, Operation operation, Field& field) const {
    const Field* input = find_field(block_, name);
    if (input != nullptr && (input->is_integral() || input->is_drift())) {
      return row.report("from", "'from' cannot name " + in_quotes(name) +
                                    (input->is_integral() ? ", which is an integral" : ", which is a drift"));
    }
    const bool is_clock = input != nullptr && input->type == Type::clock;
    if (input != nullptr && (operation == Operation::drift ? is_clock : input->is_numeric())) {
      return take_over(*input, field);
    }
    if (operation == Operation::drift && input != nullptr) {
      return row.report("from", "'drift' needs a clock, and " + in_quotes(name) + " is none");
    }
    if (input != nullptr) return row.report("from", "'from' needs numbers, and " + in_quotes(name) + " is none");
    if (is_named_in(rows_, name)) {
      return row.report("from", "'from' may name derived rows further up only, not " + in_quotes(name));
    }
    const auto names = field_names(block_);
    const std::vector<std::string_view> known(names.begin(), names.end());
    row.report("from", "there is no field " + in_quotes(name) + suggestion(name, known));
  }

  void check_inputs(TableReader& row, const Derivation& derivation) const {
    const std::string how = in_quotes(row.text("how").value_or(""));
    const auto& inputs = derivation.inputs;
    const auto many = std::find_if(inputs.begin(), inputs.end(), [this](const std::string& name) {
      return is_many(block_, name, *find_field(block_, name));
    });
    if (!takes_single_values(derivation.operation)) {
      if (inputs.size() < 2 && many == inputs.end()) {
        row.report("from", how + " needs two values, an array or a field of a group at least");
      }
    } else if (many != inputs.end()) {
      row.report("from", how + " takes single values, and " + in_quotes(*many) + " is several");
    } else if (derivation.operation == Operation::quotient && inputs.size() != 2) {
      row.report("from", how + " needs two values");
    } else if (inputs.size() < 2) {
      row.report("from", how + " needs two values at least");
    }
  }

  void check_integral(TableReader& row, const Derivation& derivation, const Field& field) const {
    const auto& inputs = derivation.inputs;
    const bool is_one_power = inputs.size() == 1 && !is_many(block_, inputs[0], *find_field(block_, inputs[0])) &&
                              find_field(block_, inputs[0])->unit == "W";
    if (!is_one_power) row.report("from", "'integral' takes one single value in W");
    if (field.unit != "Wh" && field.unit != "kWh") row.report("unit", "'integral' gives Wh or kWh");
    if (field.min || field.max) row.report(field.min ? "min" : "max", "an integral has no bounds");
  }

  static void check_drift(TableReader& row, const Derivation& derivation, const Field& field) {
    if (derivation.inputs.size() != 1) row.report("from", "'drift' takes one clock");
    if (field.unit != "s") row.report("unit", "'drift' gives s");
  }

  void check_split_phase(TableReader& row, const Derivation& derivation) const {
    const auto& inputs = derivation.inputs;
    const bool are_legs = inputs.size() == 1 && is_many(block_, inputs[0], *find_field(block_, inputs[0])) &&
                          find_field(block_, inputs[0])->unit == "V";
    if (!are_legs) row.report("from", "'split_phase' takes one array or field of a group, in V");
  }

  const Node::Array& rows_;
  const RowDefaults& defaults_;
  const Block& block_;
};

}  // namespace

void read_derived(TableReader& table, const RowDefaults& defaults, Block& block) {
  const Node* node = table.find("derived");
  if (node == nullptr) return;
  const auto* rows = std::get_if<Node::Array>(&node->value);
  if (rows == nullptr) return table.report("derived", "'derived' must be a list of tables");
  const DerivedReader reader(*rows, defaults, block);
  for (const Node& row : *rows) {
    Field field = reader.read(row, table.problems());
    block.fields.push_back(std::move(field));
  }
}

}  // namespace bluetti::schemas
