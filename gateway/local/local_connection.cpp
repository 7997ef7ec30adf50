// SPDX-License-Identifier: MIT
#include "gateway/local/local_connection.h"

#include "gateway/mqtt/identity.h"

namespace bluetti::gateway {

std::string bridge_root(const LocalConfig& local) {
  return local.base + "/" + local.bridge;
}

std::string bridge_availability_topic(const LocalConfig& local) {
  return bridge_root(local) + "/availability";
}

ConnectionOptions local_connection(const LocalConfig& local) {
  ConnectionOptions options{.url = local.url,
                            .client_id = local.client_id,
                            .username = local.username,
                            .password = local.password,
                            .tls = std::nullopt,
                            .protocol = local.protocol,
                            .will = LastWill{bridge_availability_topic(local), std::string(kOffline)}};
  if (local.url.tls) {
    options.tls = tls_material(local.tls, nullptr);
    options.tls->certificate = local.certificate.string();
    options.tls->private_key = local.key.string();
  }
  return options;
}

}  // namespace bluetti::gateway
