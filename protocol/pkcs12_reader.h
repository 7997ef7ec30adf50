// SPDX-License-Identifier: MIT
// The key and certificates of a PKCS#12. Private to protocol/. OpenSSL's own PKCS12_parse() is no
// help here: in version 3.0 it decrypts keys in the default library context only and refuses files without a MAC.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <variant>

#include "protocol/identity_contents.h"

namespace bluetti::protocol {

// Leaves entries in OpenSSL's error queue.
[[nodiscard]] std::variant<IdentityContents, IdentityError> read_pkcs12(std::span<const std::byte> bytes,
                                                                        std::string_view password);

}  // namespace bluetti::protocol
