// SPDX-License-Identifier: MIT
#include "gateway/mqtt/refusal.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/mqtt/openssl_settings.h"
#include "gateway/mqtt/server_probe.h"
#include "gateway/mqtt/tls_error.h"
#include "protocol/certificate.h"
#include "protocol/openssl_handles.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::seconds kLookWithin{5};
constexpr std::chrono::seconds kListenFor{2};

// A copy of the material whose files stay open, and so exist.
class HeldMaterial {
 public:
  explicit HeldMaterial(const TlsMaterial& tls) : tls_(tls) {
    for (std::string* file : {&tls_.authorities, &tls_.certificate, &tls_.private_key}) hold(*file);
  }
  HeldMaterial(const HeldMaterial&) = delete;
  HeldMaterial& operator=(const HeldMaterial&) = delete;
  ~HeldMaterial() {
    for (const int descriptor : descriptors_) ::close(descriptor);
  }

  [[nodiscard]] const TlsMaterial& get() const { return tls_; }

 private:
  // One that cannot be opened keeps its name, and will be the fault that is found.
  void hold(std::string& file) {
    const int descriptor = file.empty() ? -1 : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    descriptors_.push_back(descriptor);
    file = "/proc/self/fd/" + std::to_string(descriptor);
  }

  TlsMaterial tls_;
  std::vector<int> descriptors_;
};

// Of the files on this side, loaded as the MQTT library does. Empty: they are good.
std::string own_fault(const TlsMaterial& tls) {
  const protocol::ErrorQueue error_queue;
  const std::unique_ptr<SSL_CTX, protocol::FreeWith<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
  if (!context) return take_tls_error();
  SSL_CTX_set_security_level(context.get(), std::max(kLowestLevelForClient, level_of(tls.security_level)));
  const std::string& key = tls.key_file();
  if (!tls.certificate.empty() && SSL_CTX_use_certificate_chain_file(context.get(), tls.certificate.c_str()) != 1) {
    return "the client certificate cannot be used: " + take_tls_error();
  }
  if (!key.empty() && SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return "the client's key cannot be used: " + take_tls_error();
  }
  if (!tls.authorities.empty() && SSL_CTX_load_verify_file(context.get(), tls.authorities.c_str()) != 1) {
    return "the CA file cannot be used: " + take_tls_error();
  }
  return {};
}

// Of the server's certificate, or that it cannot be seen.
std::string server_fault(const BrokerUrl& url, const TlsMaterial& tls) {
  const ProbeResult seen = view_server(url, tls, kLookWithin);
  if (const auto* problem = std::get_if<std::string>(&seen)) return *problem;
  const auto& [pem, objection] = std::get<ServerView>(seen);
  const auto shown = protocol::read_certificate(pem);
  if (!shown) return {};
  const auto trusted = tls.verify == Verify::pinned ? protocol::read_certificate(tls.pinned) : std::nullopt;
  if (trusted && trusted->fingerprint != shown->fingerprint) {
    return "TLS: " + url.host + " shows another certificate than the pinned one: pinned is SHA-256 " +
           protocol::printed(trusted->fingerprint) + ", shown is " + protocol::printed(shown->fingerprint);
  }
  if (tls.verify == Verify::none || objection.empty()) return {};
  return "TLS: certificate verify failed: " + objection + " (" + shown->subject + ", SHA-256 " +
         protocol::printed(shown->fingerprint) + ")";
}

std::string find_fault(const BrokerUrl& url, const TlsMaterial& tls) {
  std::string fault = own_fault(tls);
  if (fault.empty()) fault = server_fault(url, tls);
  if (fault.empty()) fault = hear_refusal(url, tls, kListenFor);
  return fault;
}

// Of a port that was spoken to without TLS.
std::string seems_tls(const BrokerUrl& url) {
  if (url.is_unix_socket()) return {};
  const TlsMaterial anybody{.authorities = {},
                            .certificate = {},
                            .private_key = {},
                            .verify = Verify::none,
                            .security_level = 0,
                            .pinned = {}};
  if (!std::holds_alternative<ServerView>(view_server(url, anybody, kLookWithin))) return {};
  return "the connection was closed: the port seems to want TLS, use mqtts://";
}

}  // namespace

std::function<std::string()> inquiry(const BrokerUrl& url, const std::optional<TlsMaterial>& tls) {
  if (!tls) return [url] { return seems_tls(url); };
  return [url, held = std::make_shared<const HeldMaterial>(*tls)] { return find_fault(url, held->get()); };
}

}  // namespace bluetti::gateway
