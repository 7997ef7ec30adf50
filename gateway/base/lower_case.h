// SPDX-License-Identifier: MIT
// Lower case of ASCII letters, whatever the locale; all other bytes stay as they are. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace bluetti::gateway {

[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

}  // namespace bluetti::gateway
