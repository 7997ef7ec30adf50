// SPDX-License-Identifier: MIT
// MqttClient over Eclipse Paho C++ (1.2.0 and later). Paho runs the callbacks of all clients on shared threads under
// one lock: the handlers here only push events. Reconnecting is the owner's business, with its own timers. A server's
// certificate that is refused is looked at once more, on a thread of its own, so that ConnectFailed says what is wrong.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/config/config.h"
#include "gateway/event.h"
#include "gateway/mqtt/mqtt_client.h"
#include "gateway/mqtt/tls_material.h"

namespace bluetti::gateway {

struct LastWill {
  std::string topic;
  std::string payload;
};

struct ConnectionOptions {
  BrokerUrl url;
  std::string client_id;
  std::string username;
  Secret password;
  std::optional<TlsMaterial> tls;
  MqttProtocol protocol = MqttProtocol::v3_1_1;
  std::optional<LastWill> will;  // retained, QoS 1
  std::chrono::seconds keepalive{60};
  std::chrono::seconds connect_timeout{20};
};

// Where events go. Must be noexcept in effect and must not block.
using EventSink = std::function<void(Event)>;

[[nodiscard]] std::unique_ptr<MqttClient> make_paho_client(Link link, ConnectionOptions options, EventSink sink);

}  // namespace bluetti::gateway
