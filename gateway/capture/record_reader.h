// SPDX-License-Identifier: MIT
// Reads records, which may come from anybody. A line that is wrong is told by its number and left out; a file that is
// no record at all is an error. Start-up only.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/capture/record.h"
#include "schemas/schema.h"

namespace bluetti::gateway::capture {

inline constexpr std::size_t kLongestLine = 4096;  // bytes
inline constexpr std::size_t kMostProblems = 20;   // are told

struct Record {
  std::vector<RecordedMessage> messages;  // by time; a later run of the gateway comes a second after the earlier one
  std::vector<schemas::Problem> problems;
};

// The error says why it is no record.
using RecordResult = std::variant<Record, std::string>;
[[nodiscard]] RecordResult parse_record(std::string_view text, const std::string& file_name);
[[nodiscard]] RecordResult load_record(const std::filesystem::path& file);

}  // namespace bluetti::gateway::capture
