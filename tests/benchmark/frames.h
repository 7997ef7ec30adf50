// SPDX-License-Identifier: MIT
// What the benchmarks read: the answers of a simulated station, in the envelope of its model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schemas/catalog.h"

namespace bluetti::benchmark {

// Its model has 12 packs at most, cells and a settings block; all of what is measured here is on it.
inline constexpr const char* kModel = "AP300";
inline constexpr std::uint16_t kBlocks[] = {100, 1100, 1300, 1400, 1500, 6000, 6100};

struct Answer {
  std::uint16_t block = 0;
  std::string payload;
};

// One per block, `seconds` into the station's day.
[[nodiscard]] std::vector<Answer> answers(const schemas::Catalog& catalog, double seconds = 43200);

}  // namespace bluetti::benchmark
