// SPDX-License-Identifier: MIT
#include "gateway/transport/server_pin.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <optional>

#include "protocol/certificate.h"

namespace bluetti::gateway {
namespace {

using protocol::Certificate;
using protocol::printed;

constexpr std::chrono::seconds kLookWithin{10};

std::string date(WallTime time) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

// Empty: it is valid now.
std::string invalidity(const Certificate& certificate, WallTime now) {
  if (now > certificate.not_after) return "expired on " + date(certificate.not_after);
  if (now < certificate.not_before) {
    return fmt::format("is not valid before {}, and this machine's clock says {}", date(certificate.not_before),
                       date(now));
  }
  return {};
}

// A certificate that was seen just now, in both its forms.
struct Seen {
  std::string pem;
  Certificate certificate;
};

std::variant<Seen, std::string> see(const BrokerUrl& url, const Look& look) {
  ProbeResult result = look();
  if (const auto* problem = std::get_if<std::string>(&result)) {
    return fmt::format("cannot look at the certificate of {}: {}", url.text(), *problem);
  }
  std::string pem = std::move(std::get<ServerView>(result).certificate);
  auto certificate = protocol::read_certificate(pem);
  if (!certificate) return fmt::format("the certificate of {} cannot be read", url.text());
  return Seen{std::move(pem), *std::move(certificate)};
}

PinResult learn(const BrokerUrl& url, const std::string& fingerprint, WallTime now, const Look& look) {
  auto result = see(url, look);
  if (auto* problem = std::get_if<std::string>(&result)) return std::move(*problem);
  auto& [pem, certificate] = std::get<Seen>(result);
  if (!fingerprint.empty() && certificate.fingerprint != fingerprint) {
    return fmt::format(
        "{} shows another certificate than the configured one: `fingerprint` is {}, shown is {}; correct `fingerprint` "
        "only if you know that the shown one is right, for somebody may sit between",
        url.host, printed(fingerprint), printed(certificate.fingerprint));
  }
  const std::string invalid = invalidity(certificate, now);
  if (!invalid.empty()) return fmt::format("the certificate that {} shows {}", url.host, invalid);
  return PinnedServer{.certificate = std::move(pem), .newly_learned = true};
}

std::string explain_invalid(const BrokerUrl& url, const Certificate& trusted, const std::string& invalid,
                            const Look& look) {
  std::string text = fmt::format("the pinned certificate of {} {}", url.host, invalid);
  const auto result = see(url, look);
  const auto* seen = std::get_if<Seen>(&result);
  if (seen == nullptr || seen->certificate.fingerprint == trusted.fingerprint) return text;
  return text + fmt::format("; it shows a new one, SHA-256 {}: if you know that this is right, set `fingerprint` to it",
                            printed(seen->certificate.fingerprint));
}

}  // namespace

PinResult pin_for(const BrokerUrl& url, const TlsConfig& tls, const std::string& remembered, WallTime now,
                  const Look& look) {
  if (remembered.empty()) return learn(url, tls.fingerprint, now, look);
  const std::optional<Certificate> trusted = protocol::read_certificate(remembered);
  if (!tls.fingerprint.empty() && (!trusted || trusted->fingerprint != tls.fingerprint)) {
    return learn(url, tls.fingerprint, now, look);
  }
  if (!trusted) return fmt::format("the remembered certificate of {} is damaged: set its `fingerprint`", url.host);
  const std::string invalid = invalidity(*trusted, now);
  if (!invalid.empty()) return explain_invalid(url, *trusted, invalid, look);
  return PinnedServer{.certificate = remembered, .newly_learned = false};
}

PinResult pin_for(const BrokerUrl& url, const TlsConfig& tls, const std::string& remembered) {
  const TlsMaterial material{.authorities = {},
                             .certificate = {},
                             .private_key = {},
                             .verify = Verify::none,
                             .security_level = tls.security_level,
                             .pinned = {}};
  return pin_for(url, tls, remembered, std::chrono::system_clock::now(),
                 [&] { return view_server(url, material, kLookWithin); });
}

}  // namespace bluetti::gateway
