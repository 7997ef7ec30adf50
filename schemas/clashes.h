// SPDX-License-Identifier: MIT
// Values of different blocks that would be published at the same place.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/schema.h"

namespace bluetti::schemas {

struct Clash {
  std::uint16_t first = 0;  // ids of the blocks
  std::uint16_t second = 0;
  std::string id;  // of the value
};

class SharedIds {
 public:
  SharedIds() = default;
  explicit SharedIds(const std::map<std::uint16_t, Block>& blocks);

  // Two of these blocks and what they would both publish.
  [[nodiscard]] std::optional<Clash> clash(const std::vector<std::uint16_t>& blocks) const;

 private:
  std::map<std::string, std::vector<std::uint16_t>> publishers_;  // of the ids that several blocks have
};

}  // namespace bluetti::schemas
