// SPDX-License-Identifier: MIT
// Signing in to the vendor's account over HTTPS: token, client certificate, the broker's address and a password of the
// hour. Experimental: written after descriptions of the app's traffic (thierrycoopman/battery-ha @ 9e69cd4,
// mvadim-/bluetti-venus-gateway @ 0b6adc3), never run against the vendor. Blocks; any thread, one at a time per
// account.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/state/state.h"
#include "protocol/tls_identity.h"

namespace bluetti::gateway {

struct VendorStation {
  std::string serial;  // the numeric part, as in the cloud's topics
  std::string model;
  std::string name;
  bool online = false;  // as the service sees it
};

// What a connection to the cloud broker needs.
struct SignedIn {
  protocol::TlsIdentity identity;
  std::string host;  // of the broker; empty: the service named none
  std::uint16_t port = 0;
  std::string username;
  Secret password;  // good for about half a minute
  std::vector<VendorStation> stations;
  std::string stations_problem;  // why `stations` could not be had; the rest works without
  WallTime token_expires{};
};

struct SignInError {
  std::string message;       // for a person: what happened, where, what to do
  bool final = false;        // wrong e-mail or password: trying again can only do harm
  bool unreachable = false;  // the service could not be reached
  bool refused = false;      // the service said no
};

struct SignInResult {
  std::variant<SignedIn, SignInError> outcome;
  SignInState state;  // to be remembered, also after an error
};

// Tests bring their own.
using WallClock = std::function<WallTime()>;

// Uses the remembered token while it is good, and signs in with e-mail and password otherwise: at most
// kMostLogInsAnHour times in any hour, and never again with credentials that were refused.
inline constexpr int kMostLogInsAnHour = 3;
[[nodiscard]] SignInResult sign_in(const SignInConfig& config, SignInState known,
                                   const WallClock& now = &std::chrono::system_clock::now);

}  // namespace bluetti::gateway
