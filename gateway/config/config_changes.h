// SPDX-License-Identifier: MIT
// What a new configuration changes of the one before: in words, and in what has to be restarted. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "gateway/config/config.h"

namespace bluetti::gateway {

struct ConfigChanges {
  std::vector<std::string> lines;               // "local.heartbeat: 300 -> 60"; secrets are not told
  bool local = false;                           // the connection to the local broker
  std::set<std::string, std::less<>> accounts;  // whose session is another one now, by id
  bool http = false;                            // the page's address, or who may see it
  std::vector<std::string> at_restart;          // settings that hold from the next start on
};

[[nodiscard]] ConfigChanges changes_between(const Config& before, const Config& after);

}  // namespace bluetti::gateway
