// SPDX-License-Identifier: MIT
#include "gateway/cloud/identity.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <optional>
#include <string_view>

#include "gateway/read_file.h"

namespace bluetti::gateway {
namespace {

// Asks on the terminal, without showing what is typed.
std::optional<Secret> ask_password(const std::filesystem::path& file) {
  termios before{};
  if (isatty(STDIN_FILENO) == 0 || tcgetattr(STDIN_FILENO, &before) != 0) return std::nullopt;
  std::cerr << "Password of " << file.string() << ": " << std::flush;
  termios hidden = before;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::string line;
  std::getline(std::cin, line);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::cerr << '\n';
  return Secret(std::move(line));
}

IdentityResult open_with(const std::filesystem::path& file, std::string_view bytes, const Secret& password) {
  auto opened = protocol::open_pkcs12(std::as_bytes(std::span(bytes)), password.reveal());
  if (auto* error = std::get_if<protocol::IdentityError>(&opened)) {
    return fmt::format("certificate {}: {}", file.string(), error->message);
  }
  return std::move(std::get<protocol::TlsIdentity>(opened));
}

}  // namespace

IdentityResult load_identity(const std::filesystem::path& file, const Secret& password, bool has_password) {
  const auto content = read_file(file);
  if (const auto* error = std::get_if<std::error_code>(&content)) {
    return fmt::format("certificate {}: {}; put the PKCS#12 file (.pfx) there or correct `certificate`", file.string(),
                       error->message());
  }
  const auto& bytes = std::get<std::string>(content);
  if (has_password) return open_with(file, bytes, password);
  if (const auto typed = ask_password(file)) return open_with(file, bytes, *typed);
  return fmt::format(
      "certificate {}: no password; set `certificate_password` (or `certificate_password_file`) in the configuration, "
      "or "
      "BLUETTI_CERT_PASSWORD in the environment",
      file.string());
}

TlsMaterial tls_material(const TlsConfig& config, const protocol::TlsIdentity* identity) {
  TlsMaterial material{.authorities = config.authorities.string(),
                       .certificate = {},
                       .private_key = {},
                       .verify = config.verify,
                       .security_level = config.security_level};
  if (identity == nullptr) return material;
  material.certificate = identity->certificate_chain.path();
  material.private_key = identity->private_key.path();
  if (material.authorities.empty() && identity->authorities) material.authorities = identity->authorities->path();
  return material;
}

std::string expiry_warning(const protocol::TlsIdentity& identity, std::chrono::system_clock::time_point now) {
  using Days = std::chrono::days;
  constexpr Days kWarnBefore{30};
  const auto date = fmt::gmtime(std::chrono::system_clock::to_time_t(identity.not_after));
  if (now >= identity.not_after) return fmt::format("expired on {:%Y-%m-%d}", date);
  const auto left = std::chrono::floor<Days>(identity.not_after - now);
  if (left >= kWarnBefore) return {};
  return fmt::format("expires in {} days, on {:%Y-%m-%d}", left.count(), date);
}

}  // namespace bluetti::gateway
