// SPDX-License-Identifier: MIT
// `list`: what the schema files hold.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "discovery/discovery.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/table.h"
#include "schemas/decoder.h"
#include "schemas/setting.h"

namespace bluetti::gateway::cli {
namespace {

using schemas::Block;
using schemas::Catalog;
using schemas::Model;

std::string envelope_of(schemas::EnvelopeKind kind) {
  constexpr std::string_view kNames[] = {"bare", "v1.0", "v1.2"};
  return std::string(kNames[static_cast<std::size_t>(kind)]);
}

std::string generation_of(const Model& model) {
  constexpr int kFirstOfV2 = 2000;
  return model.protocol_version < kFirstOfV2 ? "V1" : "V2";
}

Table models_table(const Catalog& catalog) {
  Table table({{"name", "Name"},
               {"title", "Title"},
               {"aliases", "Also called"},
               {"generation", "Generation"},
               {"protocol", "Protocol"},
               {"envelope", "Envelope"},
               {"blocks", "Blocks"},
               {"lan_blocks", "Modbus TCP"},
               {"evidence", "Evidence"}});
  for (const auto& [key, model] : catalog.models()) {
    table.add({model.name, model.title, model.aliases, generation_of(model), std::int64_t{model.protocol_version},
               envelope_of(model.envelope), std::vector<std::int64_t>(model.blocks.begin(), model.blocks.end()),
               std::vector<std::int64_t>(model.lan.blocks.begin(), model.lan.blocks.end()),
               std::string(name_of(model.evidence))});
  }
  return table;
}

// The blocks the options leave over.
std::vector<const Block*> selected(const Catalog& catalog, const Model* model, std::optional<std::uint16_t> only) {
  std::vector<const Block*> blocks;
  for (const auto& [id, block] : catalog.blocks()) {
    if (only && id != *only) continue;
    if (model && !model->has_block(id)) continue;
    blocks.push_back(&block);
  }
  return blocks;
}

Table blocks_table(const std::vector<const Block*>& blocks, const Model* model) {
  Table table({{"id", "Id"},
               {"name", "Name"},
               {"title", "Title"},
               {"registers", "Registers"},
               {"poll", "Poll group"},
               {"fields", "Fields"},
               {"evidence", "Evidence"},
               {"devices", "Seen on"}});
  for (const Block* block : blocks) {
    table.add({std::int64_t{block->id}, block->name, block->title,
               std::int64_t{model ? model->registers_of(*block) : block->registers}, block->poll,
               static_cast<std::int64_t>(count_fields(*block)), std::string(name_of(block->evidence)), block->devices});
  }
  return table;
}

Cell scale_of(const schemas::Field& field) {
  for (const schemas::Transform& transform : field.transforms) {
    if (transform.kind != schemas::Transform::Kind::scale) continue;
    return transform.parameter.empty() ? Cell(transform.first) : Cell(transform.parameter);
  }
  return {};
}

void add_field(Table& table, const Block& block, const schemas::Group* group, const schemas::Field& field) {
  table.add({std::int64_t{block.id}, group ? group->name + "." + field.name : field.name,
             std::string(field.is_derived() ? "derived" : schemas::name_of(field.type)), field.unit, scale_of(field),
             std::string(field.access == schemas::Access::read_write ? "rw" : "r"),
             std::string(name_of(field.evidence))});
}

// With a model: as its overrides leave them.
Table fields_table(const std::vector<const Block*>& blocks, const Model* model) {
  Table table({{"block", "Block"},
               {"path", "Field"},
               {"type", "Type"},
               {"unit", "Unit"},
               {"scale", "Scale"},
               {"access", "Access"},
               {"evidence", "Evidence"}});
  for (const Block* block : blocks) {
    if (model) {
      const schemas::Decoder decoder(*block, *model);
      for (const schemas::Slot& slot : decoder.slots()) {
        if (slot.item <= 1) add_field(table, *block, slot.group, *slot.field);
      }
      continue;
    }
    for (const schemas::Field& field : block->fields) add_field(table, *block, nullptr, field);
    for (const schemas::Group& group : block->groups) {
      for (const schemas::Field& field : group.fields) add_field(table, *block, &group, field);
    }
  }
  return table;
}

Table entities_table(const std::vector<const Block*>& blocks, const Model& model) {
  Table table({{"id", "Id"},
               {"name", "Name"},
               {"platform", "Platform"},
               {"device_class", "Device class"},
               {"unit", "Unit"},
               {"enabled", "Enabled"}});
  for (const Block* block : blocks) {
    const schemas::Decoder decoder(*block, model);
    for (const schemas::Slot& slot : decoder.slots()) {
      if (!discovery::is_entity(*slot.field)) continue;
      const discovery::EntityClass kind = discovery::entity_class(*slot.field);
      table.add({slot.id, discovery::entity_name(slot, *block), std::string(kind.platform),
                 std::string(kind.device_class), std::string(kind.unit), kind.enabled});
    }
  }
  return table;
}

std::vector<std::string> needs_of(const schemas::Setting::Facts& facts) {
  std::vector<std::string> needs;
  for (const schemas::Requirement& requirement : facts.rule.requirements) {
    const std::string values = fmt::format("{}", fmt::join(requirement.values, " or "));
    switch (requirement.kind) {
      case schemas::Requirement::Kind::below:
        needs.push_back("below " + requirement.field);
        break;
      case schemas::Requirement::Kind::above:
        needs.push_back("above " + requirement.field);
        break;
      case schemas::Requirement::Kind::is:
        needs.push_back(requirement.field + " is " + values);
    }
  }
  return needs;
}

Cell cell_of(const std::optional<double>& number) {
  return number ? Cell(*number) : Cell();
}

void add_setting(Table& table, const schemas::Setting& setting) {
  const schemas::Setting::Facts& facts = setting.facts();
  const bool is_number = facts.kind == schemas::SettingKind::number;
  table.add({facts.model, facts.path, std::string(name_of(facts.way)), std::int64_t{facts.first_register},
             std::int64_t{facts.function}, cell_of(facts.rule.min), cell_of(facts.rule.max),
             is_number ? Cell(facts.rule.step.value_or(1)) : Cell(), facts.unit, facts.words(), needs_of(facts),
             facts.rule.consent, facts.settle, std::string(name_of(facts.evidence)), facts.source});
}

// What may be written, of one model or of all.
Table settings_table(const Catalog& catalog, const Model* only, std::optional<std::uint16_t> block) {
  Table table({{"model", "Model"},
               {"path", "Setting"},
               {"way", "Way"},
               {"register", "Register"},
               {"function", "Function"},
               {"min", "Min"},
               {"max", "Max"},
               {"step", "Step"},
               {"unit", "Unit"},
               {"values", "Values"},
               {"needs", "Needs"},
               {"consent", "Consent"},
               {"settle", "Settle (s)"},
               {"evidence", "Evidence"},
               {"source", "Source"}});
  for (const auto& [name, model] : catalog.models()) {
    if (only && only != &model) continue;
    for (const schemas::Way way : {schemas::Way::cloud, schemas::Way::lan}) {
      const schemas::SettingsOfModel settings(catalog, model, way);
      for (const schemas::Setting& setting : settings.all()) {
        if (!block || setting.facts().block == *block) add_setting(table, setting);
      }
    }
  }
  return table;
}

Table table_of(const ListOptions& options, const Catalog& catalog, const Model* model) {
  const auto blocks = selected(catalog, model, options.block);
  switch (options.what) {
    case ListOptions::What::models:
      return models_table(catalog);
    case ListOptions::What::blocks:
      return blocks_table(blocks, model);
    case ListOptions::What::fields:
      return fields_table(blocks, model);
    case ListOptions::What::entities:
      return entities_table(blocks, *model);
    case ListOptions::What::settings:
      return settings_table(catalog, model, options.block);
  }
  return Table({});
}

}  // namespace

int list(const ListOptions& options) {
  const Catalog catalog = Catalog::load(options.schemas);
  print_problems(catalog.problems());
  if (options.what == ListOptions::What::entities && options.model.empty()) {
    return refuse("list entities: say of which model with --model; 'bluetti-gateway list models' shows all");
  }
  const Model* model = options.model.empty() ? nullptr : catalog.model(options.model);
  if (!options.model.empty() && !model) return refuse(unknown_model(options.model, catalog));
  if (options.block && !catalog.block(*options.block)) return refuse(unknown_block(*options.block, catalog));
  const Table table = table_of(options, catalog, model);
  std::cout << (options.json ? table.json() + "\n" : options.markdown ? table.markdown() : table.text(colour_wanted()));
  return kDone;
}

}  // namespace bluetti::gateway::cli
