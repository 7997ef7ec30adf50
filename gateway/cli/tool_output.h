// SPDX-License-Identifier: MIT
// What another program prints, within limits of time and size. Blocks; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bluetti::gateway::cli {

struct ToolOutput {
  std::string text;         // as far as it came
  bool is_in_time = true;   // else it was ended
  bool has_failed = false;  // by its exit code
};

// `command`: the program, looked for in PATH, and its arguments; no shell. Its messages are dropped. Nothing: it cannot
// be started, because it is not there for instance.
[[nodiscard]] std::optional<ToolOutput> output_of(const std::vector<std::string>& command,
                                                  std::chrono::milliseconds within, std::size_t most_bytes);

}  // namespace bluetti::gateway::cli
