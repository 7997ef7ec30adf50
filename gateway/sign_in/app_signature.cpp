// SPDX-License-Identifier: MIT
#include "gateway/sign_in/app_signature.h"

#include <fmt/format.h>

#include "gateway/base/digests.h"

namespace bluetti::gateway {

std::string request_signature(const AppSession& session, std::string_view path, std::uint64_t number) {
  return md5_hex(fmt::format("currentUtcTime={:x}&url={}&x-app-key={}&x-app-ver={}&x-os={}&x-sid={}", number, path,
                             session.app_key, kAppVersion, kAppSystem, session.sid));
}

std::string password_hash(std::string_view password) {
  return sha256_hex(password);
}

std::string pass_open(std::string_view password) {
  return to_hex(aes_encrypt(password, md5_hex(password_hash(password))));
}

std::optional<Secret> certificate_password(const AppSession& session, std::uint64_t utc_ms,
                                           std::string_view x_signature) {
  const auto locked = from_hex(x_signature);
  if (!locked) return std::nullopt;
  auto password = aes_decrypt(*locked, request_signature(session, kTimePath, utc_ms));
  if (!password) return std::nullopt;
  return Secret(*std::move(password));
}

std::string app_resource(const AppSession& session, std::uint32_t one_time_password,
                         const Secret& certificate_password) {
  const std::string key = request_signature(session, kCertificatePath, one_time_password);
  return to_hex(aes_encrypt(certificate_password.reveal(), key));
}

}  // namespace bluetti::gateway
