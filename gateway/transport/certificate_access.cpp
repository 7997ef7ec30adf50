// SPDX-License-Identifier: MIT
#include "gateway/transport/certificate_access.h"

#include <utility>

#include "gateway/base/background.h"
#include "gateway/mqtt/identity.h"
#include "gateway/transport/pinned_access.h"

namespace bluetti::gateway {
namespace {

class CertificateAccess final : public AccessSource {
 public:
  CertificateAccess(AccountConfig account, Link link, EventSink sink,
                    std::shared_ptr<const protocol::TlsIdentity> identity)
      : account_(std::make_shared<const AccountConfig>(std::move(account))),
        link_(link),
        sink_(std::move(sink)),
        identity_(std::move(identity)) {}

  void request(const AccountState& known) override {
    if (account_->tls.verify == Verify::pinned) return pin(known);
    // The same access each time: the session keeps its client.
    if (!ready_) ready_ = std::make_shared<const Access>(access(known));
    sink_(AccessReady{link_, ready_});
  }

 private:
  void pin(const AccountState& known) {
    background_.run([link = link_, account = account_, sink = sink_, known, access = access(known)] {
      auto event = std::make_shared<Event>(finish_access(link, access, *account, known));
      return [sink, event] { sink(std::move(*event)); };
    });
  }

  [[nodiscard]] Access access(const AccountState& known) const {
    Access access;
    access.identity = identity_;
    if (identity_) access.certificate_expires = identity_->not_after;
    access.connection.url = account_->url;
    access.connection.client_id = account_->client_id.empty() ? known.client_id : account_->client_id;
    access.connection.username = account_->username;
    access.connection.password = account_->password;
    if (account_->url.tls) access.connection.tls = tls_material(account_->tls, identity_.get());
    return access;
  }

  const std::shared_ptr<const AccountConfig> account_;
  const Link link_;
  const EventSink sink_;
  const std::shared_ptr<const protocol::TlsIdentity> identity_;
  std::shared_ptr<const Access> ready_;
  Background background_;  // last: nothing is handed over once the rest goes
};

}  // namespace

SharedIdentityResult load_identity_of(const AccountConfig& account) {
  if (account.certificate.empty()) return SharedIdentity();
  auto loaded =
      load_identity({account.certificate, account.key}, account.certificate_password, account.has_certificate_password);
  if (auto* problem = std::get_if<std::string>(&loaded)) return std::move(*problem);
  return std::make_shared<const protocol::TlsIdentity>(std::move(std::get<protocol::TlsIdentity>(loaded)));
}

std::unique_ptr<AccessSource> make_certificate_access(const AccountConfig& account, Link link, EventSink sink,
                                                      SharedIdentity identity) {
  return std::make_unique<CertificateAccess>(account, link, std::move(sink), std::move(identity));
}

AccessSourceResult make_certificate_access(const AccountConfig& account, Link link, EventSink sink) {
  auto identity = load_identity_of(account);
  if (auto* problem = std::get_if<std::string>(&identity)) return std::move(*problem);
  return make_certificate_access(account, link, std::move(sink), std::get<SharedIdentity>(std::move(identity)));
}

}  // namespace bluetti::gateway
