// SPDX-License-Identifier: MIT
// What an account needs before it can connect to the cloud broker: a client certificate, perhaps a user name and a
// password of the hour, and a way to know the server. Getting it may take the network and seconds, so it comes back as
// an event: AccessReady or AccessFailed. Asked for before every try to connect.
#pragma once

#include <memory>
#include <optional>

#include "gateway/base/event.h"
#include "gateway/config/config.h"
#include "gateway/mqtt/connection_options.h"
#include "gateway/state/state.h"
#include "protocol/tls_identity.h"

namespace bluetti::gateway {

struct Access {
  ConnectionOptions connection;
  std::shared_ptr<const protocol::TlsIdentity> identity;  // keeps the files that `connection` names
  std::optional<WallTime> certificate_expires;
  std::optional<WallTime> renew_at;      // to be asked for again then, although the session may go on
  std::optional<AccountState> remember;  // what was learned on the way
};

class AccessSource {
 public:
  AccessSource() = default;
  AccessSource(const AccessSource&) = delete;
  AccessSource& operator=(const AccessSource&) = delete;
  virtual ~AccessSource() = default;  // no event of it comes from here on

  // Returns at once. `known` is what earlier runs and calls have learned.
  virtual void request(const AccountState& known) = 0;
};

}  // namespace bluetti::gateway
