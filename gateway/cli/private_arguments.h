// SPDX-License-Identifier: MIT
// Every user of a machine can read every process's command line, in /proc/PID/cmdline and thereby in `ps`.
#pragma once

#include <string>
#include <vector>

namespace bluetti::gateway::cli {

struct Arguments {
  std::vector<std::string> all;
  std::vector<std::string> secret_options;  // those whose value was overwritten: "--password"
};

// Copies the arguments and overwrites the values of passwords and keys where the kernel shows them. Call first of all.
[[nodiscard]] Arguments take_arguments(int count, char** values);

}  // namespace bluetti::gateway::cli
