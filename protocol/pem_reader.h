// SPDX-License-Identifier: MIT
// The key and certificates of a pair of PEM texts. Private to protocol/.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "protocol/identity_contents.h"

namespace bluetti::protocol {

// Leaves entries in OpenSSL's error queue.
[[nodiscard]] std::variant<IdentityContents, IdentityError> read_pem(std::string_view certificates,
                                                                     std::string_view key,
                                                                     std::optional<std::string_view> password);

}  // namespace bluetti::protocol
