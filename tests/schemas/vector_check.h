// SPDX-License-Identifier: MIT
// Compares what the decoder makes of register data with what an independent engine made of it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "schemas/schema.h"

namespace bluetti::schemas::testing {

struct VectorCase {
  int protocol_version = 0;
  std::string hex;
  const nlohmann::json& values;  // of all blocks, by field; numbers count as equal to 1e-9 of their size
};

// Fails the test for each field that differs.
void check_case(const std::vector<Block>& blocks, const VectorCase& vector);

}  // namespace bluetti::schemas::testing
