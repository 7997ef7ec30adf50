// SPDX-License-Identifier: MIT
// The key and certificates of a PKCS#12, as OpenSSL objects. Private to protocol/. OpenSSL's own PKCS12_parse() is no
// help here: in version 3.0 it decrypts keys in the default library context only and refuses files without a MAC.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/openssl_handles.h"
#include "protocol/tls_identity.h"

namespace bluetti::protocol {

struct Pkcs12Contents {
  KeyHandle key;                          // the first; none: the file holds none
  CertificateHandle certificate;          // the one that belongs to the key; none: none does
  std::vector<CertificateHandle> others;  // in the order of the file
};

// Leaves entries in OpenSSL's error queue.
[[nodiscard]] std::variant<Pkcs12Contents, IdentityError> read_pkcs12(std::span<const std::byte> bytes,
                                                                      std::string_view password);

}  // namespace bluetti::protocol
