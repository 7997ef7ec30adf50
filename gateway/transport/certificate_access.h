// SPDX-License-Identifier: MIT
// Access with a client certificate from a file, or without any: there from the start, but for the server's certificate
// where it is to be pinned.
#pragma once

#include <memory>
#include <variant>

#include "gateway/transport/access.h"

namespace bluetti::gateway {

// Opens the account's certificate, which may ask for its password on the terminal. A message for a person if it cannot
// be had. The sink must outlive the source.
using AccessSourceResult = std::variant<std::unique_ptr<AccessSource>, std::string>;
// In two steps: what can fail, and what cannot. An account without a certificate has no identity.
using SharedIdentity = std::shared_ptr<const protocol::TlsIdentity>;
using SharedIdentityResult = std::variant<SharedIdentity, std::string>;
[[nodiscard]] SharedIdentityResult load_identity_of(const AccountConfig& account);
[[nodiscard]] std::unique_ptr<AccessSource> make_certificate_access(const AccountConfig& account, Link link,
                                                                    EventSink sink, SharedIdentity identity);

[[nodiscard]] AccessSourceResult make_certificate_access(const AccountConfig& account, Link link, EventSink sink);

}  // namespace bluetti::gateway
