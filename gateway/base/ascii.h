// SPDX-License-Identifier: MIT
// ASCII characters, whatever the locale; all other bytes are neither digits nor letters and stay as they are. Any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace bluetti::gateway {

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

}  // namespace bluetti::gateway
