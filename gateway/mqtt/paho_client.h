// SPDX-License-Identifier: MIT
// MqttClient over Eclipse Paho C++ (1.2.0 and later), for the cloud: MQTT 3.1.1, whatever the options say. Paho runs
// the callbacks of all clients on shared threads under one lock: the handlers here only push events. Reconnecting is
// the owner's business, with its own timers. A server's certificate that is refused is looked at once more, on a thread
// of its own, so that ConnectFailed says what is wrong.
#pragma once

#include <memory>

#include "gateway/base/event.h"
#include "gateway/mqtt/connection_options.h"
#include "gateway/mqtt/mqtt_client.h"

namespace bluetti::gateway {

[[nodiscard]] std::unique_ptr<MqttClient> make_paho_client(Link link, ConnectionOptions options, EventSink sink);

}  // namespace bluetti::gateway
