// SPDX-License-Identifier: MIT
// Made-up names in place of real ones: the same for the same name, of the same length and kind, and not to be led back.
// They come from HMAC-SHA-256 with a random key that nobody keeps, so that trying all serial numbers tells nothing.
// No I/O. The loop's thread only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace bluetti::gateway::capture {

// ASCII, as far as it can be seen.
[[nodiscard]] inline bool is_printable(std::byte byte) {
  return byte >= std::byte{' '} && byte <= std::byte{'~'};
}

class Pseudonyms {
 public:
  using Key = std::array<std::byte, 32>;
  [[nodiscard]] static Key random_key();  // throws std::runtime_error where the system has no random numbers

  explicit Pseudonyms(const Key& key) : key_(key) {}

  // Digits become digits, letters letters. It is remembered for hide_serials().
  std::string of_serial(std::string_view serial);

  // Text becomes letters and keeps its padding. Of other bytes none stays, unless all are zero.
  void hide_text(std::span<std::byte> bytes) const;

  // An address becomes one of 198.18.0.0/15, which nobody has. A network mask stays.
  [[nodiscard]] std::array<std::uint8_t, 4> of_address(const std::array<std::uint8_t, 4>& address) const;

  // Replaces every serial number seen so far, wherever in these registers it stands: as text, also with the bytes of
  // each register exchanged, as BCD, or as a number of 48 or 64 bits in any order of bytes or registers.
  void hide_serials(std::span<std::byte> registers) const;

 private:
  using Digest = std::array<std::uint8_t, 32>;
  [[nodiscard]] Digest digest(std::string_view kind, std::span<const std::byte> bytes, std::uint32_t count) const;
  [[nodiscard]] std::string made_up(std::string_view serial, std::uint32_t attempt) const;
  [[nodiscard]] const std::string* known(std::string_view serial) const;

  void hide_digits(std::span<std::byte> bytes) const;
  void hide_bcd(std::span<std::byte> bytes) const;
  void hide_numbers(std::span<std::byte> bytes) const;

  Key key_;
  std::map<std::string, std::string, std::less<>> serials_;  // real to made up
  std::set<std::string, std::less<>> made_up_;
  std::set<std::size_t> lengths_;
};

}  // namespace bluetti::gateway::capture
