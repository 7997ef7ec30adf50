// SPDX-License-Identifier: MIT
// The last step of every way to an access: knowing the server, where its certificate is pinned.
#pragma once

#include <chrono>
#include <memory>

#include "gateway/transport/access.h"

namespace bluetti::gateway {

// AccessReady with the certificate to trust in place, and to be remembered if it is new; or AccessFailed. Blocks where
// the server must be looked at first; any thread.
[[nodiscard]] Event finish_access(Link link, Access access, const AccountConfig& account, const AccountState& known);

}  // namespace bluetti::gateway
