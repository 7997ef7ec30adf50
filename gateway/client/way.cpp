// SPDX-License-Identifier: MIT
#include <bluetti/way.h>
#include <fmt/format.h>

#include <random>
#include <utility>

#include "gateway/base/read_file.h"
#include "gateway/client/access.h"
#include "gateway/mqtt/paho_client.h"
#include "gateway/transport/certificate_access.h"
#include "protocol/tls_identity.h"

namespace bluetti {
namespace {

using gateway::AccountConfig;
using gateway::Secret;

constexpr int kLeastSecurityLevel = 1;
constexpr int kMostSecurityLevel = 5;

Error wrong(std::string message) {
  return {.kind = ErrorClass::configuration, .message = std::move(message)};
}

std::string random_client_id() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

class CloudAccess final : public Way::Access {
 public:
  explicit CloudAccess(CloudOptions options) : options_(std::move(options)) {}

  [[nodiscard]] std::variant<Opened, Error> open(const gateway::EventSink& sink) const override;

 private:
  using Identity = std::variant<gateway::SharedIdentity, Error>;
  [[nodiscard]] Identity identity() const;
  [[nodiscard]] std::string fault() const;

  CloudOptions options_;
};

// The bytes and the password are wiped when they go.
CloudAccess::Identity CloudAccess::identity() const {
  if (!options_.certificate) return gateway::SharedIdentity();
  const Certificate& certificate = *options_.certificate;
  Secret from_file;
  std::span<const std::byte> bytes;
  std::string name = "the certificate in memory";
  if (const auto* file = std::get_if<std::filesystem::path>(&certificate.source)) {
    name = "certificate " + file->string();
    auto content = gateway::read_file(*file);
    if (const auto* error = std::get_if<std::error_code>(&content)) {
      return wrong(fmt::format("{}: cannot be read: {}", name, error->message()));
    }
    from_file = Secret(std::get<std::string>(std::move(content)));
    bytes = std::as_bytes(std::span(from_file.reveal()));
  } else {
    bytes = std::get<std::vector<std::byte>>(certificate.source);
  }
  const Secret password(certificate.password ? certificate.password() : std::string());
  auto opened = protocol::open_pkcs12(bytes, password.reveal());
  if (const auto* error = std::get_if<protocol::IdentityError>(&opened)) {
    return wrong(fmt::format("{}: {}", name, error->message));
  }
  return std::make_shared<const protocol::TlsIdentity>(std::get<protocol::TlsIdentity>(std::move(opened)));
}

std::string CloudAccess::fault() const {
  if (!gateway::parse_broker_url(options_.url)) {
    return fmt::format("url: '{}' is not a broker's URL: mqtts://host:port", options_.url);
  }
  const int level = options_.security_level.value_or(kLeastSecurityLevel);
  if (level < kLeastSecurityLevel || level > kMostSecurityLevel) {
    return fmt::format("security_level: {} is not between {} and {}", level, kLeastSecurityLevel, kMostSecurityLevel);
  }
  if (options_.requests_per_minute < 1) return "requests_per_minute: must be at least 1";
  return {};
}

std::variant<Way::Access::Opened, Error> CloudAccess::open(const gateway::EventSink& sink) const {
  if (std::string problem = fault(); !problem.empty()) return wrong(std::move(problem));
  Identity opened = identity();
  if (auto* error = std::get_if<Error>(&opened)) return std::move(*error);
  AccountConfig account;
  account.id = "client";
  account.url = *gateway::parse_broker_url(options_.url);
  account.username = options_.username;
  if (options_.login_password) account.password = Secret(options_.login_password());
  account.client_id = options_.client_id.empty() ? random_client_id() : options_.client_id;
  account.requests_per_minute = options_.requests_per_minute;
  account.tls.authorities = options_.authorities;
  account.tls.security_level = options_.security_level;
  account.tls.verify = options_.verify == Verify::full    ? gateway::Verify::full
                       : options_.verify == Verify::chain ? gateway::Verify::chain
                                                          : gateway::Verify::none;
  gateway::read::SessionParts parts{
      .access = gateway::make_certificate_access(account, kStations, sink,
                                                 std::get<gateway::SharedIdentity>(std::move(opened))),
      .make_client =
          [sink](const gateway::ConnectionOptions& how) { return gateway::make_paho_client(kStations, how, sink); },
      .known = {},
      .recorder = nullptr};
  return Opened{.account = std::move(account), .parts = std::move(parts), .stations = {}, .tick = {}};
}

}  // namespace

Way::Way() = default;
Way::Way(std::shared_ptr<const Access> access) : access_(std::move(access)) {}
Way::Way(const Way&) = default;
Way::Way(Way&&) noexcept = default;
Way& Way::operator=(const Way&) = default;
Way& Way::operator=(Way&&) noexcept = default;
Way::~Way() = default;

Way cloud(CloudOptions options) {
  return Way(std::make_shared<const CloudAccess>(std::move(options)));
}

}  // namespace bluetti
