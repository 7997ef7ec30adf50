// SPDX-License-Identifier: MIT
// Reads UTF-8 that may be none: what others have written. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace bluetti::schemas {

struct Character {
  std::size_t size = 1;  // bytes; of what is no character: those that belong to its attempt (Unicode 15, table 3-8)
  char32_t code = 0;
  bool valid = false;
};

// The first of a text that is not empty.
[[nodiscard]] Character first_character(std::string_view text);

}  // namespace bluetti::schemas
