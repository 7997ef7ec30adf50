// SPDX-License-Identifier: MIT
// From the options of `scan`, `raw` and `listen`, and the configuration, to what is to be done. No network; may ask for
// nothing. Problems are returned.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "gateway/cli/read_commands.h"
#include "gateway/config/config.h"
#include "gateway/station/registers.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::cli {

struct ReadPlan {
  std::shared_ptr<const schemas::Catalog> catalog;
  AccountConfig account;
  StationConfig station;             // its model is known
  std::optional<LocalConfig> local;  // where a gateway may run; nothing without a configuration
  std::filesystem::path state_file;  // empty: nothing is remembered
  ReadPolicy policy;
};

using ReadPlanResult = std::variant<ReadPlan, std::vector<schemas::Problem>>;
[[nodiscard]] ReadPlanResult plan_read(const ReadOptions& options, const Environment& environment);

// The blocks as ranges, whole. A block that is not there is a message for a person.
using RangesResult = std::variant<std::vector<RegisterRange>, std::string>;
[[nodiscard]] RangesResult whole_blocks(const ReadPlan& plan, std::span<const std::uint16_t> ids);

// By numbers and names of groups, out of these blocks; or what is wrong with a name.
using BlockIds = std::variant<std::vector<std::uint16_t>, std::string>;
[[nodiscard]] BlockIds block_ids(std::span<const std::string> names, const schemas::Catalog& catalog,
                                 const schemas::Model& model, std::span<const std::uint16_t> blocks);
// The same as ranges; without any names, these blocks.
[[nodiscard]] RangesResult chosen_blocks(const ReadPlan& plan, std::span<const std::string> names,
                                         std::span<const std::uint16_t> otherwise);

// What the station polls, and of that what it polls most often.
[[nodiscard]] std::vector<std::uint16_t> polled_blocks(const StationConfig& station);
[[nodiscard]] std::vector<std::uint16_t> most_polled_blocks(const StationConfig& station);

}  // namespace bluetti::gateway::cli
