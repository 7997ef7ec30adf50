// SPDX-License-Identifier: MIT
// `poll = { group or block = seconds }` of stations, profiles and defaults.
#include <fmt/format.h>

#include <algorithm>

#include "gateway/config/parts.h"
#include "gateway/config/suggestion.h"

namespace bluetti::gateway {
namespace {

constexpr double kLeastSeconds = 1;
constexpr double kMostSeconds = 86400;

// Seconds, 0, or one of the two words; nothing: none of them.
std::optional<double> wish_of(const Node& node) {
  const auto* word = node.as<std::string>();
  if (word && *word == "off") return kOff;
  if (word && *word == "push") return kPushed;
  return number_of(node);
}

bool is_possible(double wish) {
  return wish == kOff || wish == kPushed || (wish >= kLeastSeconds && wish <= kMostSeconds);
}

std::string text_of(double wish) {
  if (wish == kOff) return "off";
  return wish == kPushed ? "push" : fmt::format("{}", wish);
}

using Blocks = std::vector<const schemas::Block*>;

Blocks blocks_of(const schemas::Catalog& catalog, const schemas::Model* model) {
  Blocks blocks;
  if (!model) {
    for (const auto& [id, block] : catalog.blocks()) blocks.push_back(&block);
    return blocks;
  }
  for (const schemas::Way way : {schemas::Way::cloud, schemas::Way::lan}) {
    for (const std::uint16_t id : model->blocks_by(way)) {
      if (const schemas::Block* block = catalog.block(id)) blocks.push_back(block);
    }
  }
  return blocks;
}

bool is_known(const Blocks& blocks, std::string_view key) {
  return std::ranges::any_of(blocks, [&](const auto* block) {
    return block->poll == key || block->name == key || std::to_string(block->id) == key;
  });
}

std::string suggestion_from(const Blocks& blocks, std::string_view key) {
  std::vector<std::string> known;
  for (const schemas::Block* block : blocks) {
    known.insert(known.end(), {block->poll, block->name, std::to_string(block->id)});
  }
  return suggestion(key, known);
}

class PollTable {
 public:
  PollTable(Reading& reading, const Section::LayerEntry& given)
      : reading_(reading), given_(given), table_(given.entry->value.as<Table>()) {
    const auto* word = given.entry->value.as<std::string>();
    push_only_ = word && *word == "push";
    if (table_ || push_only_) return;
    refuse(given.entry->value.where, {}, "must be a table of seconds, as { core = 5 }, or \"push\" to ask for nothing");
  }

  // `accepted`: what a key may name without being refused.
  void check_names(const Blocks& accepted, std::string_view where_wanted) {
    if (!table_) return;
    for (const Entry& entry : table_->entries) {
      if (is_known(accepted, entry.key)) continue;
      refuse(entry.where, entry.key,
             fmt::format("no such group or block {}{}", where_wanted, suggestion_from(accepted, entry.key)));
    }
  }

  [[nodiscard]] PollWishes wishes() const {
    PollWishes wishes;
    if (push_only_) wishes.emplace(kEverything, kPushed);
    if (!table_) return wishes;
    for (const Entry& entry : table_->entries) {
      const auto value = wish_of(entry.value);
      if (value && is_possible(*value)) wishes.emplace(entry.key, *value);
    }
    return wishes;
  }

  void tell(Section& section) const {
    if (push_only_) section.tell("poll", "push", given_.entry->value.where);
    if (!table_) return;
    for (const Entry& entry : table_->entries) {
      if (const auto value = wish_of(entry.value)) {
        section.tell("poll." + entry.key, text_of(*value), entry.where);
      }
    }
  }

  void check_seconds() {
    if (!table_) return;
    for (const Entry& entry : table_->entries) {
      const auto value = wish_of(entry.value);
      if (!value) {
        refuse(entry.value.where, entry.key,
               fmt::format("must be seconds, \"off\" or \"push\", not {}", type_name(entry.value)));
      } else if (!is_possible(*value) || (*value == kPushed && number_of(entry.value))) {
        refuse(entry.value.where, entry.key,
               fmt::format("{} is not between {} and {} seconds", *value, kLeastSeconds, kMostSeconds));
      }
    }
  }

 private:
  void refuse(const schemas::Location& where, std::string_view key, std::string_view message) {
    reading_.refuse(where, fmt::format("{}.poll{}{}: {}", given_.layer->title, key.empty() ? "" : ".", key, message));
  }

  Reading& reading_;
  Section::LayerEntry given_;
  const Table* table_;
  bool push_only_ = false;
};

}  // namespace

std::vector<PollWishes> read_poll(Section& section, Reading& reading, const schemas::Model* model,
                                  const schemas::Catalog& catalog) {
  const Blocks everything = blocks_of(catalog, nullptr);
  std::vector<PollWishes> wishes;
  std::vector<Section::LayerEntry> layers = section.entries("poll");
  std::ranges::reverse(layers);  // what a stronger one says is told in place of a weaker one's
  for (const Section::LayerEntry& given : layers) {
    // What stations of several models fall back to may name what only some of them have.
    const bool of_one_model = given.layer->title == "station" && model;
    PollTable table(reading, given);
    table.check_seconds();
    if (of_one_model) {
      table.check_names(blocks_of(catalog, model), "of the model " + model->name);
    } else {
      table.check_names(everything, "of any model");
    }
    wishes.push_back(table.wishes());
    table.tell(section);
  }
  return wishes;
}

std::map<std::uint16_t, double> resolve_poll(const schemas::Model& model, const schemas::Catalog& catalog,
                                             const std::vector<PollWishes>& wishes,
                                             const std::vector<schemas::Way>& ways) {
  std::map<std::uint16_t, double> intervals;
  for (const schemas::Block* block : blocks_of(catalog, &model)) {
    if (std::ranges::find(ways, block->way) == ways.end()) continue;
    double seconds = model.interval(*block);
    for (const PollWishes& layer : wishes) {
      // The narrower wins. A group and a block may have the same name.
      for (const std::string& key : {std::string(kEverything), block->poll, block->name, std::to_string(block->id)}) {
        if (const auto wish = layer.find(key); wish != layer.end()) seconds = wish->second;
      }
    }
    if (seconds != kOff) intervals[block->id] = std::max(seconds, 0.0);
  }
  return intervals;
}

}  // namespace bluetti::gateway
