// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include "schemas/decoder.h"
#include "schemas/reader.h"
#include "schemas/setting.h"
#include "schemas/setting_rules.h"

namespace bluetti::schemas {
namespace {

constexpr double kDefaultSettle = 5;  // seconds: an Elite 200 V2 needs 2, an EP2000 5, an AP300 6
constexpr std::uint8_t kOneRegister = 6;
constexpr std::uint8_t kSeveralRegisters = 16;

SettingKind kind_of(const Field& field) {
  if (field.type == Type::boolean) return SettingKind::boolean;
  return field.type == Type::enumeration ? SettingKind::option : SettingKind::number;
}

std::vector<std::string> names_of(const Field& field, const std::vector<std::string>& only) {
  std::vector<std::string> names;
  for (const Option& option : field.options) {
    if (only.empty() || std::ranges::find(only, option.name) != only.end()) names.push_back(option.name);
  }
  return names;
}

// What holds for any kind.
Setting::Facts facts_of(const SettingRule& line, const Model& model, const WriteTarget& target) {
  Setting::Facts facts;
  facts.model = model.name;
  facts.rule = merged(target.rule(), line.write, model.write);
  facts.block = target.block->id;
  facts.way = line.way;
  facts.modbus_unit = facts.rule.unit.value_or(model.unit_of(*target.block));
  facts.settle = facts.rule.settle.value_or(kDefaultSettle);
  facts.evidence = line.evidence;
  facts.source = line.source;
  return facts;
}

void place(Setting::Facts& facts, int first_byte, int bytes) {
  const int first = first_byte / 2;
  facts.first_register = static_cast<std::uint16_t>(facts.block + first);
  facts.registers = static_cast<std::uint16_t>((first_byte + bytes - 1) / 2 - first + 1);
  facts.function = facts.rule.function.value_or(facts.registers > 1 ? kSeveralRegisters : kOneRegister);
}

Setting::Facts of_field(Setting::Facts facts, const Slot& slot) {
  const Field& field = *slot.field;
  facts.path = slot.path;
  facts.id = slot.id;
  facts.title = field.title;
  facts.kind = kind_of(field);
  facts.unit = field.unit;
  if (facts.kind == SettingKind::option) facts.options = names_of(field, facts.rule.options);
  place(facts, field.offset, field.size);
  return facts;
}

Setting::Facts of_item(Setting::Facts facts, const Slot& slot) {
  const Group& group = *slot.group;
  facts.path = slot.path.substr(0, slot.path.rfind('/'));
  facts.id = slot.id.substr(0, slot.id.size() - slot.field->name.size() - 1);
  facts.title = group.title + " " + std::to_string(slot.item);
  facts.kind = SettingKind::time_slot;
  facts.options = names_of(*find_part(group, "action"), {});
  facts.item = slot.item;
  const int offset = group.offset + (slot.item - 1) * group.stride;
  place(facts, offset, 2 * registers_of_item(group));
  return facts;
}

class Compiler {
 public:
  Compiler(const Catalog& catalog, const Model& model, std::vector<Setting>& out)
      : catalog_(catalog), model_(model), out_(out) {}

  void add(const SettingRule& line) {
    const auto target = find_target(model_, catalog_.blocks(), line);
    if (!target) return;
    const auto& decoder = decoder_of(*target->block);
    const auto slots = decoder->slots();
    const std::string_view group =
        target->group == nullptr ? std::string_view() : std::string_view(target->group->name);
    for (std::size_t index = 0; index < slots.size(); ++index) {
      if (!begins(slots[index], *target, group)) continue;
      Setting::Facts facts = facts_of(line, model_, *target);
      facts.slot = index;
      facts = group.empty() ? of_field(std::move(facts), slots[index]) : of_item(std::move(facts), slots[index]);
      out_.emplace_back(std::move(facts), decoder);
    }
  }

  // Of all blocks, whether read or written.
  [[nodiscard]] std::vector<std::string> all_paths(Way way) {
    std::vector<std::string> paths;
    for (const std::uint16_t id : model_.blocks_by(way)) {
      const Block* block = catalog_.block(id);
      if (block == nullptr) continue;
      for (const Slot& slot : decoder_of(*block)->slots()) paths.push_back(slot.path);
    }
    return paths;
  }

 private:
  // Whether the setting's values begin with this slot: the field, or the first field of an item.
  static bool begins(const Slot& slot, const WriteTarget& target, std::string_view group) {
    if (group.empty()) return slot.group == nullptr && slot.field->name == target.field->name;
    return slot.group != nullptr && slot.group->name == group && slot.field == &slot.group->fields.front();
  }

  const std::shared_ptr<const Decoder>& decoder_of(const Block& block) {
    auto& decoder = decoders_[block.id];
    if (!decoder) decoder = std::make_shared<const Decoder>(block, model_);
    return decoder;
  }

  const Catalog& catalog_;
  const Model& model_;
  std::vector<Setting>& out_;
  std::map<std::uint16_t, std::shared_ptr<const Decoder>> decoders_;
};

}  // namespace

SettingsOfModel::SettingsOfModel(const Catalog& catalog, const Model& model, Way way) : model_(model.name) {
  Compiler compiler(catalog, model, settings_);
  for (const SettingRule& line : model.settings) {
    if (line.way == way) compiler.add(line);
  }
  for (std::string& path : compiler.all_paths(way)) {
    if (find(path) == nullptr) read_only_.push_back(std::move(path));
  }
}

const Setting* SettingsOfModel::find(std::string_view path) const {
  const auto found = std::ranges::find(settings_, path, &Setting::path);
  return found == settings_.end() ? nullptr : &*found;
}

std::string SettingsOfModel::why_not(std::string_view path) const {
  if (std::ranges::find(read_only_, path) != read_only_.end()) {
    return in_quotes(path) + " of the model " + in_quotes(model_) + " is only read";
  }
  std::vector<std::string_view> known;
  for (const Setting& setting : settings_) known.push_back(setting.path());
  return "the model " + in_quotes(model_) + " has no setting " + in_quotes(path) + suggestion(path, known);
}

}  // namespace bluetti::schemas
