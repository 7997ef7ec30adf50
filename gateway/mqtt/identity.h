// SPDX-License-Identifier: MIT
// An account's TLS identity from its PKCS#12 file or its pair of PEM files, with the password from the configuration,
// or asked for on a terminal. Start-up only.
#pragma once

#include <filesystem>
#include <string>
#include <variant>

#include "gateway/config/config.h"
#include "gateway/mqtt/tls_material.h"
#include "protocol/tls_identity.h"

namespace bluetti::gateway {

// The identity, or a message for a person that names the file and what to do.
using IdentityResult = std::variant<protocol::TlsIdentity, std::string>;

// `certificate`: PKCS#12, or PEM. `key`: PEM, perhaps encrypted; empty: in `certificate`.
struct IdentityFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

[[nodiscard]] IdentityResult load_identity(const IdentityFiles& files, const Secret& password, bool has_password);

// What a connection needs of it. The identity must outlive the connection: it holds the files. Without `ca` in the
// configuration the authorities inside the PKCS#12 are taken, without those the system's.
[[nodiscard]] TlsMaterial tls_material(const TlsConfig& config, const protocol::TlsIdentity* identity);

// "expired on 2026-01-31" or "expires in 12 days, on 2026-01-31"; empty: good for more than 30 days.
[[nodiscard]] std::string expiry_warning(std::chrono::system_clock::time_point not_after,
                                         std::chrono::system_clock::time_point now);

}  // namespace bluetti::gateway
