// SPDX-License-Identifier: MIT
// What the vendor's HTTPS service answers, read with tolerance: numbers may come as texts, lists in several shapes, and
// a code of an error with any status. Sources: thierrycoopman/battery-ha @ 9e69cd4, mvadim-/bluetti-venus-gateway @
// 0b6adc3. Texts that people will see come without control characters. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/secret.h"
#include "gateway/sign_in/sign_in.h"

namespace bluetti::gateway {

enum class VendorTrouble : std::uint8_t {
  unreachable,
  unusable,          // an answer that is none: another status than 200, no JSON, nothing in it
  refused,           // an error code of its own
  token_expired,     // code 805
  wrong_credentials  // e-mail or password: never to be tried again
};

struct VendorProblem {
  VendorTrouble trouble = VendorTrouble::unusable;
  std::string message;
};

template <typename T>
using VendorResult = std::variant<T, VendorProblem>;

struct Token {
  Secret text;
  std::chrono::seconds lifetime{};
};

struct VendorDevice {
  VendorStation station;
  std::string full_serial;
  std::string broker;  // host, perhaps with a port; empty: not said
  Secret secret;       // `iotConnSecret`; empty: not said
};

[[nodiscard]] VendorResult<Token> read_token(int status, std::string_view body);
[[nodiscard]] VendorResult<std::string> read_user(int status, std::string_view body);

// `deviceList` of findDevicePage, `data` of homeDevices (devices, or groups with a `deviceList` each), or the one
// device of deviceRemoteSearch.
[[nodiscard]] VendorResult<std::vector<VendorDevice>> read_devices(int status, std::string_view body);

// UTC in milliseconds.
[[nodiscard]] VendorResult<std::uint64_t> read_time(int status, std::string_view body);

// The PKCS#12 is not JSON: what begins with '{' is an error.
[[nodiscard]] VendorResult<std::string> read_certificate(int status, std::string body);

}  // namespace bluetti::gateway
