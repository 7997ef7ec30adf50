// SPDX-License-Identifier: MIT
// MqttClient over Eclipse Paho C++ (1.2.0 and later). Paho runs the callbacks of all clients on shared threads under
// one lock: the handlers here only push events. Reconnecting is the owner's business, with its own timers.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/config/config.h"
#include "gateway/event.h"
#include "gateway/mqtt/mqtt_client.h"

namespace bluetti::gateway {

struct LastWill {
  std::string topic;
  std::string payload;
};

// What TLS needs, as files that the library can open; memory files qualify.
struct TlsMaterial {
  std::string authorities;  // CA certificates; empty: the system's
  std::string certificate;  // client certificate chain; empty: none
  std::string private_key;  // empty: in `certificate`
  Verify verify = Verify::full;
  std::optional<int> security_level;
};

struct ConnectionOptions {
  BrokerUrl url;
  std::string client_id;
  std::string username;
  Secret password;
  std::optional<TlsMaterial> tls;
  std::optional<LastWill> will;  // retained, QoS 1
  std::chrono::seconds keepalive{60};
  std::chrono::seconds connect_timeout{20};
};

// Where events go. Must be noexcept in effect and must not block.
using EventSink = std::function<void(Event)>;

[[nodiscard]] std::unique_ptr<MqttClient> make_paho_client(Link link, ConnectionOptions options, EventSink sink);

}  // namespace bluetti::gateway
