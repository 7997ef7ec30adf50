// SPDX-License-Identifier: MIT
// `scan --lan` and `find`: stations on the local network. Each is a function from its options to an exit code.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gateway/cli/read_commands.h"

namespace bluetti::gateway::cli {

// `options.lan` says where. No configuration is read.
int scan_lan(const ScanOptions& options);

struct FindOptions {
  std::vector<std::string> hosts;  // HOST or HOST:PORT, beside those that announce themselves
  bool announced = true;           // look for those, by mDNS
  double answer_timeout = 5;       // seconds
  bool json = false;
  std::vector<std::filesystem::path> schemas;
};
int find(const FindOptions& options);

}  // namespace bluetti::gateway::cli
