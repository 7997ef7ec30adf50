// SPDX-License-Identifier: MIT
// Files that hold a private key and that more than their owner can read. Start-up only.
#pragma once

#include <string>
#include <vector>

#include "gateway/config/config.h"

namespace bluetti::gateway {

// One message for each, with what to do. The configuration, files of secrets and the state file are looked at where
// they are read.
[[nodiscard]] std::vector<std::string> readable_keys(const Config& config);

}  // namespace bluetti::gateway
