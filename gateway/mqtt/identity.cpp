// SPDX-License-Identifier: MIT
#include "gateway/mqtt/identity.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "gateway/base/ask_password.h"
#include "gateway/base/read_file.h"

namespace bluetti::gateway {
namespace {

using Opened = std::variant<protocol::TlsIdentity, protocol::IdentityError>;
using protocol::IdentityErrorKind;

// The files' bytes, wiped when they go: a PEM key need not be encrypted.
struct Contents {
  Secret certificate;
  Secret key;
  bool is_pem = false;
};

std::string unreadable(std::string_view key, const std::filesystem::path& file, std::error_code error,
                       std::string_view what) {
  return fmt::format("{0} {1}: {2}; put the {3} there or correct `{0}`", key, file.string(), error.message(), what);
}

std::variant<Contents, std::string> read(const IdentityFiles& files) {
  Contents contents;
  auto certificate = read_file(files.certificate);
  if (const auto* error = std::get_if<std::error_code>(&certificate)) {
    return unreadable("certificate", files.certificate, *error, "PKCS#12 file (.pfx)");
  }
  contents.certificate = Secret(std::get<std::string>(std::move(certificate)));
  contents.is_pem = !files.key.empty() || contents.certificate.reveal().find("-----BEGIN ") != std::string::npos;
  if (files.key.empty()) return contents;
  auto key = read_file(files.key);
  if (const auto* error = std::get_if<std::error_code>(&key)) return unreadable("key", files.key, *error, "PEM file");
  contents.key = Secret(std::get<std::string>(std::move(key)));
  return contents;
}

Opened open(const Contents& contents, const std::optional<Secret>& password) {
  const std::string& certificate = contents.certificate.reveal();
  if (contents.is_pem) {
    const std::string& key = contents.key.empty() ? certificate : contents.key.reveal();
    if (!password) return protocol::open_pem(certificate, key, std::nullopt);
    return protocol::open_pem(certificate, key, password->reveal());
  }
  if (password) return protocol::open_pkcs12(std::as_bytes(std::span(certificate)), password->reveal());
  return protocol::IdentityError{IdentityErrorKind::password_needed, "it is encrypted"};
}

std::string message_of(const protocol::IdentityError& error, const IdentityFiles& files) {
  const bool pair = !files.key.empty();
  switch (error.kind) {
    case IdentityErrorKind::password_needed:
      return fmt::format(
          "{}: no password; set `certificate_password` (or `certificate_password_file`) in the configuration, or "
          "BLUETTI_CERT_PASSWORD in the environment; the commands that read one station also take --password",
          pair ? "key " + files.key.string() : "certificate " + files.certificate.string());
    case IdentityErrorKind::no_private_key:
      if (pair) return fmt::format("key {}: {}", files.key.string(), error.message);
      return fmt::format("certificate {}: {}; give its file as `key`", files.certificate.string(), error.message);
    case IdentityErrorKind::wrong_password:
      if (pair) return fmt::format("key {}: {}", files.key.string(), error.message);
      break;
    case IdentityErrorKind::key_mismatch:
      if (pair) {
        return fmt::format("certificate {}: the key {} belongs to another certificate", files.certificate.string(),
                           files.key.string());
      }
      break;
    default:
      break;
  }
  return fmt::format("certificate {}: {}", files.certificate.string(), error.message);
}

}  // namespace

IdentityResult load_identity(const IdentityFiles& files, const Secret& password, bool has_password) {
  const auto contents = read(files);
  if (const auto* problem = std::get_if<std::string>(&contents)) return *problem;
  const auto& bytes = std::get<Contents>(contents);
  Opened opened = open(bytes, has_password ? std::optional(password) : std::nullopt);
  const auto* error = std::get_if<protocol::IdentityError>(&opened);
  if (error != nullptr && error->kind == IdentityErrorKind::password_needed) {
    if (const auto typed = ask_password((files.key.empty() ? files.certificate : files.key).string()))
      opened = open(bytes, typed);
  }
  error = std::get_if<protocol::IdentityError>(&opened);
  if (error != nullptr) return message_of(*error, files);
  return std::get<protocol::TlsIdentity>(std::move(opened));
}

TlsMaterial tls_material(const TlsConfig& config, const protocol::TlsIdentity* identity) {
  TlsMaterial material{.authorities = config.authorities.string(),
                       .certificate = {},
                       .private_key = {},
                       .verify = config.verify,
                       .security_level = config.security_level,
                       .pinned = {}};
  if (identity == nullptr) return material;
  material.certificate = identity->certificate_chain.path();
  material.private_key = identity->private_key.path();
  if (material.authorities.empty() && identity->authorities) material.authorities = identity->authorities->path();
  return material;
}

std::string expiry_warning(std::chrono::system_clock::time_point not_after, std::chrono::system_clock::time_point now) {
  using Days = std::chrono::days;
  constexpr Days kWarnBefore{30};
  const auto date = fmt::gmtime(std::chrono::system_clock::to_time_t(not_after));
  if (now >= not_after) return fmt::format("expired on {:%Y-%m-%d}", date);
  const auto left = std::chrono::floor<Days>(not_after - now);
  if (left >= kWarnBefore) return {};
  return fmt::format("expires in {} days, on {:%Y-%m-%d}", left.count(), date);
}

}  // namespace bluetti::gateway
