// SPDX-License-Identifier: MIT
#include "gateway/capture/pseudonyms.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "gateway/base/ascii.h"

namespace bluetti::gateway::capture {
namespace {

using Bytes = std::span<std::byte>;

// Fewer digits are too common among measurements to be taken for a serial number.
constexpr std::size_t kLeastText = 6;
constexpr std::size_t kLeastNumber = 10;
// Garbled data may hold any number of numbers; the stations of a household do not.
constexpr std::size_t kMostSerials = 4096;
constexpr std::uint32_t kMostAttempts = 100;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

char of_same_kind(char c, std::uint8_t random, bool first) {
  if (c == '0' && first) return c;
  if (is_digit(c)) return static_cast<char>(first ? '1' + random % 9 : '0' + random % 10);
  if (c >= 'A' && c <= 'Z') return static_cast<char>('A' + random % 26);
  if (c >= 'a' && c <= 'z') return static_cast<char>('a' + random % 26);
  return c;
}

void exchange_bytes_of_registers(Bytes bytes) {
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) std::swap(bytes[at], bytes[at + 1]);
}

// Where the bytes of a number lie, the most significant first.
using Places = std::array<std::size_t, 8>;

Places places_of(std::size_t width, int order) {
  Places places{};
  for (std::size_t byte = 0; byte < width; ++byte) {
    const std::size_t from_end = width - 1 - byte;
    places[byte] = order == 0 ? byte : order == 1 ? from_end : from_end ^ 1;  // big, little, low register first
  }
  return places;
}

std::uint64_t load(Bytes window, const Places& places) {
  std::uint64_t value = 0;
  for (std::size_t byte = 0; byte < window.size(); ++byte) {
    value = value << 8 | std::to_integer<std::uint64_t>(window[places[byte]]);
  }
  return value;
}

void store(Bytes window, const Places& places, std::uint64_t value) {
  for (std::size_t byte = window.size(); byte-- > 0; value >>= 8) {
    window[places[byte]] = static_cast<std::byte>(value & 0xFF);
  }
}

// Nothing if a half byte is no digit. An odd number of digits has a zero in front.
std::optional<std::string> digits_of_bcd(std::span<const std::byte> window, std::size_t digits) {
  std::string text;
  for (const std::byte byte : window) {
    const auto value = std::to_integer<unsigned>(byte);
    if (value >> 4 > 9 || (value & 0xF) > 9) return std::nullopt;
    text += static_cast<char>('0' + (value >> 4));
    text += static_cast<char>('0' + (value & 0xF));
  }
  if (text.size() == digits) return text;
  return text.front() == '0' ? std::optional(text.substr(1)) : std::nullopt;
}

}  // namespace

Pseudonyms::Key Pseudonyms::random_key() {
  Key key;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1) {
    throw std::runtime_error("no random numbers");
  }
  return key;
}

Pseudonyms::Digest Pseudonyms::digest(std::string_view kind, std::span<const std::byte> bytes,
                                      std::uint32_t count) const {
  std::vector<unsigned char> message(kind.begin(), kind.end());
  for (unsigned shift = 0; shift < 32; shift += 8) message.push_back(static_cast<unsigned char>(count >> shift & 0xFF));
  for (const std::byte byte : bytes) message.push_back(std::to_integer<unsigned char>(byte));
  Digest result{};
  unsigned size = result.size();
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), message.data(), message.size(), result.data(),
           &size) == nullptr) {
    throw std::runtime_error("no HMAC-SHA-256");
  }
  return result;
}

std::string Pseudonyms::made_up(std::string_view serial, std::uint32_t attempt) const {
  const Digest random = digest("serial", bytes_of(serial), attempt);
  std::string result;
  for (std::size_t at = 0; at < serial.size(); ++at) {
    result += of_same_kind(serial[at], random[at % random.size()], at == 0);
  }
  return result;
}

std::string Pseudonyms::of_serial(std::string_view serial) {
  if (const std::string* earlier = known(serial)) return *earlier;
  std::string other = made_up(serial, 0);
  if (serials_.size() >= kMostSerials) return other;
  for (std::uint32_t attempt = 1; attempt < kMostAttempts; ++attempt) {
    if (other != serial && !made_up_.contains(other) && !serials_.contains(other)) break;
    other = made_up(serial, attempt);
  }
  made_up_.insert(other);
  if (serial.size() >= kLeastText) lengths_.insert(serial.size());
  serials_.emplace(serial, other);
  return other;
}

const std::string* Pseudonyms::known(std::string_view serial) const {
  const auto found = serials_.find(serial);
  return found == serials_.end() ? nullptr : &found->second;
}

void Pseudonyms::hide_text(Bytes bytes) const {
  constexpr std::byte kNoLetter{0x80};
  while (!bytes.empty() && bytes.back() == std::byte{0}) bytes = bytes.first(bytes.size() - 1);
  const bool is_text = std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0} || is_printable(b); });
  const std::vector<std::byte> original(bytes.begin(), bytes.end());
  Digest random{};
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const std::size_t place = at % random.size();
    if (place == 0) random = digest("text", original, static_cast<std::uint32_t>(at));
    if (!is_text) {
      bytes[at] = static_cast<std::byte>(random[place]) | kNoLetter;
    } else if (bytes[at] != std::byte{0}) {
      bytes[at] = static_cast<std::byte>('a' + random[place] % 26);
    }
  }
}

std::array<std::uint8_t, 4> Pseudonyms::of_address(const std::array<std::uint8_t, 4>& address) const {
  if (address[0] == 255 || address == std::array<std::uint8_t, 4>{}) return address;
  const Digest random = digest("address", std::as_bytes(std::span(address)), 0);
  return {198, static_cast<std::uint8_t>(18 + random[0] % 2), random[1],
          static_cast<std::uint8_t>(1 + random[2] % 254)};
}

void Pseudonyms::hide_serials(Bytes registers) const {
  hide_digits(registers);
  exchange_bytes_of_registers(registers);
  hide_digits(registers);
  exchange_bytes_of_registers(registers);
  hide_bcd(registers);
  hide_numbers(registers);
}

void Pseudonyms::hide_digits(Bytes bytes) const {
  for (const std::size_t length : lengths_) {
    for (std::size_t at = 0; at + length <= bytes.size(); ++at) {
      const Bytes window = bytes.subspan(at, length);
      const std::string* other = known({reinterpret_cast<const char*>(window.data()), length});
      if (other == nullptr) continue;
      std::ranges::copy(bytes_of(*other), window.begin());
      at += length - 1;
    }
  }
}

void Pseudonyms::hide_bcd(Bytes bytes) const {
  for (const std::size_t length : lengths_) {
    if (length < kLeastNumber) continue;
    const std::size_t width = (length + 1) / 2;
    for (std::size_t at = 0; at + width <= bytes.size(); ++at) {
      const Bytes window = bytes.subspan(at, width);
      const auto digits = digits_of_bcd(window, length);
      const std::string* other = digits ? known(*digits) : nullptr;
      if (other == nullptr) continue;
      const std::string padded = length % 2 == 0 ? *other : "0" + *other;
      for (std::size_t byte = 0; byte < width; ++byte) {
        window[byte] = static_cast<std::byte>((padded[2 * byte] - '0') << 4 | (padded[2 * byte + 1] - '0'));
      }
      at += width - 1;
    }
  }
}

void Pseudonyms::hide_numbers(Bytes bytes) const {
  for (const std::size_t width : {8U, 6U}) {
    for (int order = 0; order < 3; ++order) {
      const Places places = places_of(width, order);
      for (std::size_t at = 0; at + width <= bytes.size(); ++at) {
        const Bytes window = bytes.subspan(at, width);
        std::array<char, 20> text{};
        const char* end = std::to_chars(text.begin(), text.end(), load(window, places)).ptr;
        const std::string_view digits{text.data(), static_cast<std::size_t>(end - text.data())};
        const std::string* other = digits.size() < kLeastNumber ? nullptr : known(digits);
        if (other == nullptr) continue;
        std::uint64_t number = 0;
        std::from_chars(other->data(), other->data() + other->size(), number);
        const bool fits = width == 8 || number >> 48 == 0;
        store(window, places, fits ? number : 0);
        at += width - 1;
      }
    }
  }
}

}  // namespace bluetti::gateway::capture
