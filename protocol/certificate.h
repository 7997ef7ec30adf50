// SPDX-License-Identifier: MIT
// One X.509 certificate as PEM, and what it says of itself. Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bluetti::protocol {

struct Certificate {
  std::string subject;                               // RFC 2253: "CN=...,O=..."
  std::string fingerprint;                           // SHA-256 of the DER form, 64 lower-case hexadecimal digits
  std::chrono::system_clock::time_point not_before;  // as in TlsIdentity
  std::chrono::system_clock::time_point not_after;
};

// The first certificate in the text; nothing if there is none.
[[nodiscard]] std::optional<Certificate> read_certificate(std::string_view pem);

// "AB:CD:...", as other programs print a fingerprint.
[[nodiscard]] std::string printed(std::string_view fingerprint);

}  // namespace bluetti::protocol
