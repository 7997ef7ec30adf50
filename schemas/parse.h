// SPDX-License-Identifier: MIT
// The parts of the loader, from tables to the plain structs of schema.h. Problems are appended and the reading goes on;
// whoever called decides by their number whether the result may be used.
#pragma once

#include <map>
#include <optional>

#include "schemas/reader.h"

namespace bluetti::schemas {

inline constexpr int kMostItems = 1024;     // of an array or a group
inline constexpr int kMostRegisters = 125;  // of one Modbus read
inline constexpr int kMostDecimals = 3;     // that a row may ask to be rounded to

// What a row takes over from the block or group around it.
struct RowDefaults {
  Order order = Order::low_register_first;
  bool swapped_text = true;
  bool ones_are_absent = false;
  std::optional<Evidence> evidence;
  std::optional<Prominence> prominence;
  int min_protocol_version = 0;
  std::string title_prefix;  // put before the name to make a title
  int first_register = 0;    // what `register` counts from: the block's id, or 0 inside a group
};

[[nodiscard]] Field read_field(const Node& node, const RowDefaults& defaults, std::vector<Problem>& problems);
[[nodiscard]] std::vector<Field> read_fields(TableReader& table, const RowDefaults& defaults);
// Reads `derived`; its rows come behind the block's fields and may name those and the fields of its groups.
void read_derived(TableReader& table, const RowDefaults& defaults, Block& block);
[[nodiscard]] Group read_group(const Node& node, const Block& block, RowDefaults defaults,
                               std::vector<Problem>& problems);

// Reads `transforms`, or else `bits`, `scale` and `minus`, or else a list of scales by version.
void read_scaling(TableReader& row, Field& field);
// A `scale` that is a list of tables; empty: it is none.
[[nodiscard]] std::vector<VersionedScale> read_versioned_scales(TableReader& table);
// What is wrong with a field of several scales; empty: nothing. No raw number may be plausible by two of them.
[[nodiscard]] std::string refusal_of_scales(const Field& field);
[[nodiscard]] std::optional<Transform> parse_transform(std::string_view text);

// Fields that are read and derived ones share these: the unit; `min` and `max`; `entity` and `kind`, whose defaults
// hang on unit and evidence.
void read_unit(TableReader& row, Field& field);
void read_bounds(TableReader& row, Field& field);
void read_appearance(TableReader& row, const RowDefaults& defaults, Field& field);

// `write` of a row or group: how it may be written; of a model: what holds for all of its settings.
[[nodiscard]] std::optional<WriteRule> read_write_rule(TableReader& row);
[[nodiscard]] WriteRule read_write_defaults(TableReader& model, const WriteRule& base);
// One table of [[setting]], which may name several fields.
[[nodiscard]] std::vector<SettingRule> read_settings(TableReader& table);

// Several tables use these keys.
[[nodiscard]] std::optional<Evidence> read_evidence(TableReader& table);
[[nodiscard]] std::optional<Way> read_way(TableReader& table);
[[nodiscard]] std::optional<Prominence> read_prominence(TableReader& table);
[[nodiscard]] std::optional<Order> read_order(TableReader& table);
// Whether all bits set stand for no value.
[[nodiscard]] std::optional<bool> read_all_ones(TableReader& table);
[[nodiscard]] std::optional<bool> read_swapped_text(TableReader& table);
[[nodiscard]] std::vector<Option> read_options(TableReader& table, bool of_bits);

// One of `register` and `offset` to bytes; nullopt if neither is there.
[[nodiscard]] std::optional<int> read_place(TableReader& table, int first_register);
// One of `stride` and `stride_bytes` to bytes.
[[nodiscard]] std::optional<int> read_stride(TableReader& table);

[[nodiscard]] std::optional<Block> read_block(const Node& document, std::vector<Problem>& problems);

// A model file laid over `base`: only the keys it has are replaced.
[[nodiscard]] std::optional<Model> read_model(const Node& document, const Model& base, std::vector<Problem>& problems);

// What a model says of blocks, against the blocks there are.
void check_model(const Node& document, const Model& model, const std::map<std::uint16_t, Block>& blocks,
                 std::vector<Problem>& problems);

// What can only be seen with all rows side by side: names, overlaps, references from row to row.
void check_block(const Block& block, std::vector<Problem>& problems);
void check_paths(const Block& block, std::vector<Problem>& problems);
void check_overlaps(const Block& block, std::vector<Problem>& problems);

// What a block says may be written: that it can be, and that it is not on the list of what never may.
void check_writes(const Block& block, std::vector<Problem>& problems);
// A model's allow-list against its blocks.
void check_settings(const Model& model, const std::map<std::uint16_t, Block>& blocks, std::vector<Problem>& problems);

}  // namespace bluetti::schemas
