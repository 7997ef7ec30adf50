// SPDX-License-Identifier: MIT
#include "gateway/setup/certificate_check.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <optional>
#include <span>

#include "protocol/tls_identity.h"

namespace bluetti::gateway {
namespace {

std::variant<protocol::TlsIdentity, protocol::IdentityError> open_any(const std::string& bytes,
                                                                      const std::string& password) {
  if (bytes.find("-----BEGIN ") == std::string::npos) {
    return protocol::open_pkcs12(std::as_bytes(std::span(bytes)), password);
  }
  return protocol::open_pem(bytes, bytes, password.empty() ? std::nullopt : std::optional<std::string_view>(password));
}

std::string fault_of(const protocol::TlsIdentity& identity, WallTime now) {
  if (now >= identity.not_after) return fmt::format("it expired on {}: get a new one", day_of(identity.not_after));
  if (now < identity.not_before) {
    return fmt::format("it is valid from {} on: is the clock of this machine right?", day_of(identity.not_before));
  }
  if (!identity.is_for_clients) return "it is not a client certificate: take the account's own";
  if (identity.issuer == identity.subject) return "it is self-signed: take the one that was issued for the account";
  if (identity.is_of_other_issuer) {
    return fmt::format("it says that it was issued by {}, whose certificate in the same file did not sign it",
                       identity.issuer);
  }
  return {};
}

}  // namespace

std::string day_of(WallTime time) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::variant<CertificateFacts, std::string> check_certificate(const Secret& content, const Secret& password,
                                                              WallTime now) {
  const auto opened = open_any(content.reveal(), password.reveal());
  if (const auto* error = std::get_if<protocol::IdentityError>(&opened)) return error->message;
  const auto& identity = std::get<protocol::TlsIdentity>(opened);
  if (std::string fault = fault_of(identity, now); !fault.empty()) return fault;
  return CertificateFacts{.subject = identity.subject, .issuer = identity.issuer, .not_after = identity.not_after};
}

}  // namespace bluetti::gateway
