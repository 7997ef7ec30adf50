// SPDX-License-Identifier: MIT
// The client's TLS identity: a PKCS#12 opened in memory (also the legacy RC2-40/3DES kind that the vendor issues), or a
// pair of PEM texts. It is handed to a library that only takes PEM file names through sealed anonymous files, so that
// no private key reaches a disk. Paho rereads the files for every connection: keep the identity as long as its
// client.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/memory_file.h"

namespace bluetti::protocol {

struct TlsIdentity {
  MemoryFile certificate_chain;           // PEM: client certificate, then its issuers below the self-signed root
  MemoryFile private_key;                 // PEM, PKCS#8, not encrypted
  std::optional<MemoryFile> authorities;  // PEM: CA certificates that came along, the root among them
  std::string subject;                    // RFC 2253: "CN=...,O=..."
  std::string issuer;
  bool is_for_clients = false;      // as far as the certificate says what it is for
  bool is_of_other_issuer = false;  // certificates came along, and none of them has signed it

  // Beyond the range of the clock: its end. Unreadable: the epoch.
  std::chrono::system_clock::time_point not_before;
  std::chrono::system_clock::time_point not_after;
};

enum class IdentityErrorKind : unsigned char {
  not_pkcs12,       // the bytes are something else
  password_needed,  // the private key in the PEM is encrypted, and no password was given
  wrong_password,
  no_private_key,
  no_certificate,
  key_mismatch,  // key and certificate do not belong together
  unsupported    // an algorithm OpenSSL does not have, even with its legacy provider
};

struct IdentityError {
  IdentityErrorKind kind = IdentityErrorKind::not_pkcs12;
  std::string message;  // for a person; never holds the password or key material
};

// Opens a PKCS#12. OpenSSL's legacy provider is loaded only when the file needs it, and then into a context of its own:
// what the rest of the process can negotiate stays as it was. Empties OpenSSL's error queue of the calling thread,
// which may be any. Throws std::system_error if the kernel grants no memory file.
[[nodiscard]] std::variant<TlsIdentity, IdentityError> open_pkcs12(std::span<const std::byte> bytes,
                                                                   std::string_view password);

// The same from PEM: client certificate and perhaps its issuers, in any order, and the private key, which may be in the
// same text and may be encrypted. Throws what open_pkcs12() does.
[[nodiscard]] std::variant<TlsIdentity, IdentityError> open_pem(std::string_view certificates, std::string_view key,
                                                                std::optional<std::string_view> password);

}  // namespace bluetti::protocol
