// SPDX-License-Identifier: MIT
#include "tests/integration/misbehaviour.h"

#include <array>
#include <memory>
#include <optional>
#include <random>
#include <utility>

namespace bluetti::test::misbehaviour {
namespace {

constexpr std::size_t kEnormous = 100'000;
constexpr int kManyTimes = 10;
constexpr std::uint16_t kFalse = 60'000;  // what no register of a hostile station holds

// Registers that are recognised if they are ever published.
std::vector<std::uint16_t> false_registers(std::uint16_t count) {
  return std::vector<std::uint16_t>(count, kFalse);
}

}  // namespace

Behaviour silent() {
  return [](const Request&, const std::string&) { return std::vector<Reply>{}; };
}

Behaviour late(std::chrono::milliseconds by) {
  return [by](const Request&, const std::string& truth) { return std::vector{Reply{truth, by}}; };
}

Behaviour duplicated() {
  return [](const Request&, const std::string& truth) { return std::vector{Reply{truth}, Reply{truth}}; };
}

Behaviour reordered() {
  return [kept = std::optional<std::string>()](const Request&, const std::string& truth) mutable {
    if (!kept) {
      kept = truth;
      return std::vector<Reply>{};
    }
    return std::vector{Reply{truth}, Reply{*std::exchange(kept, std::nullopt)}};
  };
}

Behaviour garbage(std::uint32_t seed) {
  return [random = std::mt19937(seed)](const Request&, const std::string& truth) mutable {
    std::vector<Reply> replies;
    for (int message = 0; message < 2 * kManyTimes; ++message) {
      std::string noise(random() % 300, '\0');
      for (char& byte : noise) byte = static_cast<char>(random());
      replies.push_back({message % 2 == 0 ? noise : enveloped(std::as_bytes(std::span(noise)))});
    }
    replies.push_back({truth});
    return replies;
  };
}

Behaviour cut_in_half() {
  return [](const Request&, const std::string& truth) { return std::vector{Reply{truth.substr(0, truth.size() / 2)}}; };
}

Behaviour enormous() {
  return [](const Request&, const std::string& truth) {
    const std::string bytes(kEnormous, '\x03');
    std::vector<Reply> replies(kManyTimes, Reply{enveloped(std::as_bytes(std::span(bytes)))});
    replies.push_back({truth});
    return replies;
  };
}

Behaviour from_unit(std::uint8_t unit) {
  return [unit](const Request& request, const std::string&) {
    return std::vector{Reply{answer(unit, false_registers(request.read.count))}};
  };
}

Behaviour with_a_flipped_bit() {
  return [](const Request& request, const std::string&) {
    std::string payload = answer(kStationUnit, false_registers(request.read.count));
    payload[payload.size() - 3] ^= 1;
    return std::vector{Reply{payload}};
  };
}

Behaviour longer_by_a_register() {
  return [](const Request& request, const std::string&) {
    return std::vector{Reply{answer(kStationUnit, false_registers(request.read.count + 1))}};
  };
}

Behaviour exception(std::uint8_t code) {
  return [code](const Request&, const std::string&) {
    std::array<std::byte, protocol::kMaxFrame> frame{};
    return std::vector{Reply{enveloped(protocol::encode_exception(kStationUnit, 3, code, frame))}};
  };
}

}  // namespace bluetti::test::misbehaviour
