// SPDX-License-Identifier: MIT
#include "gateway/transport/pinned_access.h"

#include <spdlog/spdlog.h>

#include "gateway/transport/server_pin.h"
#include "protocol/certificate.h"

namespace bluetti::gateway {
namespace {

void tell_new_pin(const AccountConfig& account, const BrokerUrl& url, const std::string& pem) {
  const auto certificate = protocol::read_certificate(pem);
  if (!certificate) return;
  spdlog::warn("[cloud {}] {} is trusted by the certificate it shows now, SHA-256 {}; from here on no other is taken",
               account.id, url.host, protocol::printed(certificate->fingerprint));
}

}  // namespace

Event finish_access(Link link, Access access, const AccountConfig& account, const AccountState& known) {
  auto& tls = access.connection.tls;
  if (!tls || account.tls.verify != Verify::pinned) {
    return AccessReady{link, std::make_shared<const Access>(std::move(access))};
  }
  PinResult result = pin_for(access.connection.url, account.tls, known.pinned_certificate);
  AccountState learned = access.remember.value_or(known);
  if (auto* problem = std::get_if<std::string>(&result)) {
    return AccessFailed{.link = link,
                        .reason = std::move(*problem),
                        .final = false,
                        .remember = std::make_shared<const AccountState>(std::move(learned))};
  }
  const PinnedServer& server = std::get<PinnedServer>(result);
  tls->pinned = server.certificate;
  if (server.newly_learned) {
    tell_new_pin(account, access.connection.url, server.certificate);
    learned.pinned_certificate = server.certificate;
    access.remember = std::move(learned);
  }
  return AccessReady{link, std::make_shared<const Access>(std::move(access))};
}

}  // namespace bluetti::gateway
