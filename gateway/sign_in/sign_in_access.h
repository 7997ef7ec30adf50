// SPDX-License-Identifier: MIT
// Access for an account that signs in with e-mail and password: sign_in() on a thread of its own, its result as an
// event. See gateway/transport/access.h. The loop's thread.
#pragma once

#include "gateway/base/background.h"
#include "gateway/sign_in/sign_in.h"
#include "gateway/transport/access.h"

namespace bluetti::gateway {

class SignInAccess final : public AccessSource {
 public:
  // `account.sign_in` must be set.
  SignInAccess(Link link, AccountConfig account, EventSink sink);

  void request(const AccountState& known) override;

 private:
  const Link link_;
  const std::shared_ptr<const AccountConfig> account_;
  const EventSink sink_;
  Background background_;  // last: nothing is handed over once the rest goes
};

// How to connect with what sign_in() brought. `known`: with what is to be remembered of it already in place.
[[nodiscard]] Access access_of(SignedIn signed_in, const AccountConfig& account, const AccountState& known,
                               WallTime now);

// When to sign in again although the session may go on: at 80 % of the token's remaining life, or a day before the
// certificate ends, but not within an hour.
[[nodiscard]] WallTime renewal_time(WallTime now, WallTime token_expires, WallTime certificate_expires);

}  // namespace bluetti::gateway
