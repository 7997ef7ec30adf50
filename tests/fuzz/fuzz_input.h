// SPDX-License-Identifier: MIT
// A fuzzer's input, taken off piece by piece: an input that has come to its end gives zeros and empty pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

namespace bluetti::fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(*(rest_.empty() ? "" : take(1).data())); }
  // As many bytes as the next byte says.
  std::string_view piece() { return take(byte()); }
  std::string_view rest() { return take(rest_.size()); }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
};

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace bluetti::fuzz
