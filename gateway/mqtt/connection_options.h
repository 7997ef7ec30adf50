// SPDX-License-Identifier: MIT
// What a client of either library needs to know to connect.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "gateway/config/config.h"
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
  MqttProtocol protocol = MqttProtocol::v3_1_1;  // libmosquitto's alone: Paho's sessions are those of the cloud
  std::optional<LastWill> will;                  // retained, QoS 1
  std::chrono::seconds keepalive{60};
  std::chrono::seconds connect_timeout{20};
  std::vector<BrokerUrl> more_urls = {};  // of the same broker, tried in turn: libmosquitto's alone
};

}  // namespace bluetti::gateway
