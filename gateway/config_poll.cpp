// SPDX-License-Identifier: MIT
// `poll = { group or block = seconds }` of stations, profiles and defaults.
#include <fmt/format.h>

#include <algorithm>

#include "gateway/config_parts.h"
#include "gateway/suggestion.h"

namespace bluetti::gateway {
namespace {

constexpr double kLeastSeconds = 1;
constexpr double kMostSeconds = 86400;

using Intervals = std::map<std::uint16_t, double>;
using Blocks = std::vector<const schemas::Block*>;

Blocks blocks_of(const schemas::Catalog& catalog, const schemas::Model* model) {
  Blocks blocks;
  if (!model) {
    for (const auto& [id, block] : catalog.blocks()) blocks.push_back(&block);
    return blocks;
  }
  for (const std::uint16_t id : model->blocks) {
    if (const schemas::Block* block = catalog.block(id)) blocks.push_back(block);
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
    if (!table_) refuse(given.entry->value.where, {}, "must be a table of seconds, as { core = 5 }");
  }

  // `blocks`: of the model; `accepted`: those that a key may name without being refused.
  void apply(const Blocks& blocks, const Blocks& accepted, std::string_view where_wanted, Intervals& intervals) {
    if (!table_) return;
    for (const Entry& entry : table_->entries) {
      if (is_known(accepted, entry.key)) continue;
      refuse(entry.where, entry.key,
             fmt::format("no such group or block {}{}", where_wanted, suggestion_from(accepted, entry.key)));
    }
    for (const schemas::Block* block : blocks) {
      // The narrower wins. A group and a block may have the same name.
      for (const std::string& key : {block->poll, block->name, std::to_string(block->id)}) {
        const Entry* entry = table_->find(key);
        const auto value = entry ? seconds(entry->value) : std::nullopt;
        if (value && in_range(*value)) intervals[block->id] = *value;
      }
    }
  }

  void check_seconds() {
    if (!table_) return;
    for (const Entry& entry : table_->entries) {
      const auto value = seconds(entry.value);
      if (!value) {
        refuse(entry.value.where, entry.key, fmt::format("must be seconds, not {}", type_name(entry.value)));
      } else if (!in_range(*value)) {
        refuse(entry.value.where, entry.key,
               fmt::format("{} is not between {} and {} seconds", *value, kLeastSeconds, kMostSeconds));
      }
    }
  }

 private:
  static std::optional<double> seconds(const Node& node) {
    if (const auto* whole = node.as<std::int64_t>()) return static_cast<double>(*whole);
    if (const auto* real = node.as<double>()) return *real;
    return std::nullopt;
  }

  static bool in_range(double seconds) { return seconds >= kLeastSeconds && seconds <= kMostSeconds; }

  void refuse(const schemas::Location& where, std::string_view key, std::string_view message) {
    reading_.refuse(where, fmt::format("{}.poll{}{}: {}", given_.layer->title, key.empty() ? "" : ".", key, message));
  }

  Reading& reading_;
  Section::LayerEntry given_;
  const Table* table_;
};

}  // namespace

std::map<std::uint16_t, double> read_poll(Section& section, Reading& reading, const schemas::Model* model,
                                          const schemas::Catalog& catalog) {
  const Blocks everything = blocks_of(catalog, nullptr);
  const Blocks blocks = model ? blocks_of(catalog, model) : Blocks{};
  Intervals intervals;
  for (const schemas::Block* block : blocks) {
    if (const double seconds = model->interval(*block); seconds > 0) intervals[block->id] = seconds;
  }
  auto layers = section.entries("poll");
  std::ranges::reverse(layers);  // the strongest last, over the others
  for (const auto& given : layers) {
    // What stations of several models fall back to may name what only some of them have.
    const bool of_one_station = given.layer->title == "station" && model;
    PollTable table(reading, given);
    table.check_seconds();
    if (of_one_station) {
      table.apply(blocks, blocks, "of the model " + model->name, intervals);
    } else {
      table.apply(blocks, everything, "of any model", intervals);
    }
  }
  return intervals;
}

}  // namespace bluetti::gateway
