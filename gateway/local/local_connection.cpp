// SPDX-License-Identifier: MIT
#include "gateway/local/local_connection.h"

#include "gateway/mqtt/identity.h"

namespace bluetti::gateway {

namespace {

// The broker sends the last will of a gateway that stands still after one and a half of it.
constexpr std::chrono::seconds kKeepalive{28};

}  // namespace

std::string bridge_root(const LocalConfig& local) {
  return local.base + "/" + local.bridge;
}

std::string bridge_availability_topic(const LocalConfig& local) {
  return bridge_root(local) + "/availability";
}

std::string members_topic(const LocalConfig& local) {
  return bridge_root(local) + "/members";
}

// 23 characters, which every broker takes.
std::string local_client_id(const LocalConfig& local, std::string_view installation) {
  constexpr std::size_t kDigits = 7;
  if (local.has_client_id || installation.empty()) return local.client_id;
  return local.client_id + "-" + std::string(installation.substr(0, kDigits));
}

ConnectionOptions local_connection(const LocalConfig& local, std::string_view installation) {
  ConnectionOptions options{.url = local.url,
                            .client_id = local_client_id(local, installation),
                            .username = local.username,
                            .password = local.password,
                            .tls = std::nullopt,
                            .protocol = local.protocol,
                            .will = LastWill{bridge_availability_topic(local), std::string(kOffline)},
                            .keepalive = kKeepalive,
                            .more_urls = local.more_urls};
  if (local.url.tls) {
    options.tls = tls_material(local.tls, nullptr);
    options.tls->certificate = local.certificate.string();
    options.tls->private_key = local.key.string();
  }
  return options;
}

}  // namespace bluetti::gateway
