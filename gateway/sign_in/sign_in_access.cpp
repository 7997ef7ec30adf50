// SPDX-License-Identifier: MIT
#include "gateway/sign_in/sign_in_access.h"

#include <algorithm>
#include <utility>

#include "gateway/mqtt/identity.h"
#include "gateway/transport/pinned_access.h"

namespace bluetti::gateway {
namespace {

Event event_of(Link link, const AccountConfig& account, AccountState known) {
  SignInResult result = sign_in(*account.sign_in, known.sign_in);
  known.sign_in = std::move(result.state);
  if (auto* error = std::get_if<SignInError>(&result.outcome)) {
    return AccessFailed{.link = link,
                        .reason = std::move(error->message),
                        .final = error->final,
                        .remember = std::make_shared<const AccountState>(std::move(known))};
  }
  Access access =
      access_of(std::move(std::get<SignedIn>(result.outcome)), account, known, std::chrono::system_clock::now());
  return finish_access(link, std::move(access), account, known);
}

}  // namespace

SignInAccess::SignInAccess(Link link, AccountConfig account, EventSink sink)
    : link_(link), account_(std::make_shared<const AccountConfig>(std::move(account))), sink_(std::move(sink)) {}

void SignInAccess::request(const AccountState& known) {
  background_.run([link = link_, account = account_, sink = sink_, known] {
    auto event = std::make_shared<Event>(event_of(link, *account, known));
    return [sink, event] { sink(std::move(*event)); };
  });
}

Access access_of(SignedIn signed_in, const AccountConfig& account, const AccountState& known, WallTime now) {
  Access access;
  access.identity = std::make_shared<const protocol::TlsIdentity>(std::move(signed_in.identity));
  access.certificate_expires = access.identity->not_after;
  access.renew_at = renewal_time(now, signed_in.token_expires, access.identity->not_after);
  access.remember = known;

  ConnectionOptions& connection = access.connection;
  connection.url = account.url;
  if (!account.has_url && !signed_in.host.empty()) {
    connection.url = {.host = std::move(signed_in.host), .port = signed_in.port, .tls = true};
  }
  connection.client_id = account.client_id.empty() ? known.client_id : account.client_id;
  connection.username = std::move(signed_in.username);
  connection.password = std::move(signed_in.password);
  if (connection.url.tls) connection.tls = tls_material(account.tls, access.identity.get());
  return access;
}

WallTime renewal_time(WallTime now, WallTime token_expires, WallTime certificate_expires) {
  const auto most_of_life = (token_expires - now) / 5 * 4;
  return std::max(std::min(now + most_of_life, certificate_expires - std::chrono::days(1)),
                  now + std::chrono::hours(1));
}

}  // namespace bluetti::gateway
