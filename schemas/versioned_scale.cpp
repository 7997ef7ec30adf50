// SPDX-License-Identifier: MIT
#include <algorithm>
#include <span>

#include "schemas/plan.h"

namespace bluetti::schemas {

const VersionedScale* chosen_scale(const Plan& plan, const Detail& detail, double raw, double firmware) {
  const auto scales = std::span(plan.scales).subspan(detail.scales.first, detail.scales.count);
  // What a version that is known shows may be less than is plausible, such as a grid that has just failed.
  const auto by_version = [&](const VersionedScale& scale) {
    return firmware >= scale.from && firmware <= scale.until && raw * scale.factor <= detail.max;
  };
  const auto by_number = [&](const VersionedScale& scale) {
    return raw * scale.factor >= detail.min && raw * scale.factor <= detail.max;
  };
  auto found = scales.end();
  if (firmware > 0) found = std::find_if(scales.begin(), scales.end(), by_version);
  if (found == scales.end()) found = std::find_if(scales.begin(), scales.end(), by_number);
  return found == scales.end() ? nullptr : &*found;
}

}  // namespace bluetti::schemas
