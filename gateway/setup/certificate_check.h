// SPDX-License-Identifier: MIT
// Whether a certificate file is one to connect with, before anything is written or connected. Pure but for OpenSSL; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "gateway/base/secret.h"
#include "gateway/base/time.h"

namespace bluetti::gateway {

struct CertificateFacts {
  std::string subject;  // whose it is: "CN=...,O=..."
  std::string issuer;
  WallTime not_after;
};

inline constexpr std::size_t kMostCertificateBytes = 48 * 1024;

// Of a PKCS#12, or a PEM with the key in it. Otherwise what is wrong with it, for a person: wrong password, expired,
// not for clients, not of the issuer that came along.
[[nodiscard]] std::variant<CertificateFacts, std::string> check_certificate(const Secret& content,
                                                                            const Secret& password, WallTime now);

[[nodiscard]] std::string day_of(WallTime time);  // "2026-01-31", UTC

}  // namespace bluetti::gateway
