// SPDX-License-Identifier: MIT
// How the vendor's app proves itself to the HTTPS service: what it makes of the password, how it signs a request, and
// how the certificate's password travels. Sources: thierrycoopman/battery-ha @ 9e69cd4 (signs in live) and
// mvadim-/bluetti-venus-gateway @ 0b6adc3. The app's own constants are not here: the user configures them. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/secret.h"

namespace bluetti::gateway {

// What this client says it is. Signed, so it must be what is sent.
inline constexpr std::string_view kAppSystem = "android";          // x-os
inline constexpr std::string_view kAppSystemVersion = "31332E30";  // x-os-ver: "13.0" in hexadecimal
inline constexpr std::string_view kAppVersion = "3.0.6";           // x-app-ver

inline constexpr std::string_view kTimePath = "/api/midppkic/cert/app/v2/now/utc-time";
inline constexpr std::string_view kCertificatePath = "/api/midppkic/cert/app/v1/pfx";

struct AppSession {
  std::string_view app_key;
  std::string_view sid;  // the token's part 1
};

// Upper-case hexadecimal MD5 over the sorted `key=value` pairs, among them path and number: 32 characters.
[[nodiscard]] std::string request_signature(const AppSession& session, std::string_view path, std::uint64_t number);

// The fields `password` and `passOpen` of POST /accessToken.
[[nodiscard]] std::string password_hash(std::string_view password);
[[nodiscard]] std::string pass_open(std::string_view password);

// The PKCS#12's password out of the header `x-signature` (hexadecimal) that came with the service's time in ms.
// Nothing: the header is not what this session was to get.
[[nodiscard]] std::optional<Secret> certificate_password(const AppSession& session, std::uint64_t utc_ms,
                                                         std::string_view x_signature);

// The header `x-app-resource`: the same password, locked with a one-time password. Lower-case hexadecimal.
[[nodiscard]] std::string app_resource(const AppSession& session, std::uint32_t one_time_password,
                                       const Secret& certificate_password);

}  // namespace bluetti::gateway
