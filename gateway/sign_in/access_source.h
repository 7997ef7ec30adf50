// SPDX-License-Identifier: MIT
// The way an account gets into the cloud: by its certificate, or by signing in. Start-up only.
#pragma once

#include "gateway/transport/certificate_access.h"

namespace bluetti::gateway {

// May ask for the certificate's password on the terminal. A message for a person if it cannot be had. The sink must
// outlive the source.
[[nodiscard]] AccessSourceResult make_access(const AccountConfig& account, Link link, const EventSink& sink);

}  // namespace bluetti::gateway
