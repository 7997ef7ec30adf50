// SPDX-License-Identifier: MIT
// `verify = "pinned"`: which one server certificate an account's sessions accept. The first that is seen is remembered
// and from then on no other is taken, whoever issued it and whatever name is in it.
//
// Why a look beforehand is sound: it only chooses what to pin. What is pinned is the whole trust store of every
// session, the first one included, so OpenSSL enforces it within the session's own handshake, which also proves that
// the server has the certificate's key. Whoever answers the look differently only makes the session fail. What remains
// is somebody who sits between at the very first look, and stays: `fingerprint`, known from elsewhere, rules that out.
// An expired certificate is not accepted, pinned or not.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "gateway/config/config.h"
#include "gateway/mqtt/server_probe.h"
#include "gateway/state/state.h"

namespace bluetti::gateway {

struct PinnedServer {
  std::string certificate;     // PEM, for TlsMaterial::pinned and AccountState::pinned_certificate
  bool newly_learned = false;  // to be remembered, and to be logged once
};

// What to trust, or a message for a person.
using PinResult = std::variant<PinnedServer, std::string>;

// A certificate that is remembered is taken as long as it is valid and has the configured fingerprint. Otherwise the
// server is looked at: a first certificate is taken; with a fingerprint only the one that has it, which then replaces
// what is remembered. Looks over the network only if it must; then it blocks as view_server() does. Any thread.
[[nodiscard]] PinResult pin_for(const BrokerUrl& url, const TlsConfig& tls, const std::string& remembered);

// The same with what it asks the world for.
using Look = std::function<ProbeResult()>;
[[nodiscard]] PinResult pin_for(const BrokerUrl& url, const TlsConfig& tls, const std::string& remembered, WallTime now,
                                const Look& look);

}  // namespace bluetti::gateway
