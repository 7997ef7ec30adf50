// SPDX-License-Identifier: MIT
// Tries a server's TLS, on a connection of its own over which no MQTT is spoken, for pinning and for explaining: the
// MQTT library tells too little. Blocks, for name resolution beyond the timeout; any thread.
#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "gateway/config/config.h"
#include "gateway/mqtt/tls_material.h"

namespace bluetti::gateway {

struct ServerView {
  std::string certificate;  // the server's own, PEM
  std::string objection;    // OpenSSL's, to a session with this material: "certificate has expired"; empty: none
};

// What is seen, or why nothing is.
using ProbeResult = std::variant<ServerView, std::string>;

// Shows no client certificate, trusts nothing and ends with the handshake.
[[nodiscard]] ProbeResult view_server(const BrokerUrl& url, const TlsMaterial& tls, std::chrono::seconds timeout);

// Shows the client certificate, to a server that is trusted, and listens for what it says against it, in OpenSSL's
// words: "tlsv1 alert unknown ca". Empty: nothing within the timeout.
[[nodiscard]] std::string hear_refusal(const BrokerUrl& url, const TlsMaterial& tls, std::chrono::seconds timeout);

}  // namespace bluetti::gateway
