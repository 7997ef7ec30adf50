// SPDX-License-Identifier: MIT
// What a file may ask of a parser: looked at before parsing, since parsers and the trees they make are recursive. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bluetti::schemas {

inline constexpr std::size_t kMostSchemaBytes = 256 * 1024;        // the largest built-in file has 10 KB
inline constexpr std::size_t kMostConfigBytes = 16 * 1024 * 1024;  // 100,000 stations
inline constexpr std::size_t kMostNesting = 32;                    // brackets within brackets
inline constexpr std::size_t kMostKeyParts = 32;                   // of a dotted key

struct TextFault {
  std::size_t line = 0;  // from 1; 0: the file as a whole
  std::string message;
};

// Nothing: it can be given to the parser. Brackets and dots within strings and comments do not count.
[[nodiscard]] std::optional<TextFault> fault_of_toml(std::string_view text, std::size_t most_bytes);
[[nodiscard]] std::optional<TextFault> fault_of_json(std::string_view text, std::size_t most_bytes);

}  // namespace bluetti::schemas
