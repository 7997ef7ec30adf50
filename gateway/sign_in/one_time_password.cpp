// SPDX-License-Identifier: MIT
#include "gateway/sign_in/one_time_password.h"

#include <fmt/format.h>

#include "gateway/base/digests.h"

namespace bluetti::gateway {
namespace {

constexpr std::uint64_t kBegin = 1371517200;  // s: 2013-06-18, when the counter was 0
constexpr std::uint64_t kPeriod = 30;         // s
constexpr std::size_t kKeyHead = 6;           // characters of the shared key in front of the second text
constexpr std::size_t kEnds = 2;              // characters of the first text at either end

std::string counter_bytes(std::uint64_t counter) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(counter >> shift & 0xFF);
  return bytes;
}

std::string_view head(std::string_view text, std::size_t size) {
  return text.substr(0, size);
}

std::string_view tail(std::string_view text, std::size_t size) {
  return text.size() <= size ? text : text.substr(text.size() - size);
}

// RFC 4226, section 5.3.
std::uint32_t truncate(std::string_view digest) {
  const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(digest[at])}; };
  const std::size_t offset = byte(digest.size() - 1) & 15;
  return ((byte(offset) & 0x7F) << 24) | (byte(offset + 1) << 16) | (byte(offset + 2) << 8) | byte(offset + 3);
}

}  // namespace

std::uint32_t one_time_password(std::string_view first, std::string_view second, std::string_view shared_key,
                                std::uint64_t utc_ms) {
  const std::uint64_t seconds = utc_ms / 1000;
  const std::uint64_t counter = seconds < kBegin ? 0 : (seconds - kBegin) / kPeriod;
  const std::string_view key_rest = shared_key.substr(head(shared_key, kKeyHead).size());
  const std::string of_time = md5_hex(counter_bytes(counter));
  const std::string of_texts = md5_hex(
      fmt::format("{}{}{}{}{}", head(first, kEnds), head(shared_key, kKeyHead), second, key_rest, tail(first, kEnds)));
  std::string woven;
  for (std::size_t i = 0; i < of_time.size(); ++i) {
    woven += of_texts[i];
    woven += of_time[i];
  }
  return truncate(woven) % 100'000'000;
}

std::string digits_of(std::uint32_t one_time_password) {
  return fmt::format("{:08}", one_time_password);
}

}  // namespace bluetti::gateway
