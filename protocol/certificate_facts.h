// SPDX-License-Identifier: MIT
// What a certificate says of itself, from OpenSSL's object. Private to protocol/.
#pragma once

#include <chrono>
#include <string>

#include "protocol/openssl_handles.h"

namespace bluetti::protocol {

// RFC 2253, UTF-8
[[nodiscard]] std::string subject_of(const X509* certificate);
[[nodiscard]] std::string issuer_of(const X509* certificate);

// Beyond the range of the clock: its end. Unreadable: the epoch.
[[nodiscard]] std::chrono::system_clock::time_point to_time_point(const ASN1_TIME* time);

}  // namespace bluetti::protocol
