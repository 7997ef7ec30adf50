// SPDX-License-Identifier: MIT
// What the checks of the loader and the settings themselves share: which row or group a line of a model's allow-list
// means, and what holds of it. Internal.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/schema.h"

namespace bluetti::schemas {

// The fields of a group that is written as a time slot.
inline constexpr std::array<std::string_view, 5> kTimeSlotFields{"action", "start_hour", "start_minute", "end_hour",
                                                                 "end_minute"};

[[nodiscard]] const Field* find_part(const Group& group, std::string_view name);
[[nodiscard]] int registers_of_item(const Group& group);
[[nodiscard]] int registers_of(const Field& field);

// Where a line of the allow-list leads; either `field` or `group`.
struct WriteTarget {
  const Block* block = nullptr;
  const Field* field = nullptr;
  const Group* group = nullptr;

  [[nodiscard]] const WriteRule& rule() const { return field != nullptr ? *field->write : *group->write; }
  [[nodiscard]] int first_byte() const { return field != nullptr ? field->offset : group->offset; }
  [[nodiscard]] int end_byte() const;
};

// The first row or group that may be written and has the line's name, in the blocks that the model reads by its way.
[[nodiscard]] std::optional<WriteTarget> find_target(const Model& model, const std::map<std::uint16_t, Block>& blocks,
                                                     const SettingRule& line);
// All names that find_target() knows by this way.
[[nodiscard]] std::vector<std::string> target_names(const Model& model, Way way,
                                                    const std::map<std::uint16_t, Block>& blocks);

// What the model's line says, else the row, else (unit and settling) the model. Conditions add up.
[[nodiscard]] WriteRule merged(const WriteRule& row, const WriteRule& setting, const WriteRule& model);

// What is wrong with the bounds and options of a number, or of what is none; and with a time slot that has any. Empty:
// nothing.
[[nodiscard]] std::string mistake_in_kind(const Field& field, const WriteRule& rule);
[[nodiscard]] std::string mistake_in_time_slot(const WriteRule& rule);

// "'led' has no option 'blue'; did you mean ...", or nothing.
[[nodiscard]] std::string unknown_option(const Field& field, std::span<const std::string> names);

}  // namespace bluetti::schemas
